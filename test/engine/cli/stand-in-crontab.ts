import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Keeps the crontab in a file and answers as Debian's crontab(1) does: the real one would change the crontab of whoever
 * runs the tests.
 */
const standIn = `#!${process.execPath}
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const file = __dirname + '/crontab.txt';
if (process.argv[2] === '-') writeFileSync(file, readFileSync(0));
else if (existsSync(file)) process.stdout.write(readFileSync(file));
else { console.error('no crontab for somebody'); process.exitCode = 1; }
`;

export interface StandInCrontab {
  /** For PATH: the stand-in comes first. */
  readonly path: string;
  readonly exists: boolean;
  read(): string;
  write(content: string): void;
  clear(): void;
  remove(): void;
}

export function standInCrontab(): StandInCrontab {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-cron-'));
  const file = join(folder, 'crontab.txt');
  writeFileSync(join(folder, 'crontab'), standIn);
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }');
  chmodSync(join(folder, 'crontab'), 0o755);
  return {
    path: [folder, '/usr/bin', '/bin'].join(delimiter),
    get exists() {
      return existsSync(file);
    },
    read: () => readFileSync(file, 'utf8'),
    write: (content) => writeFileSync(file, content),
    clear: () => rmSync(file, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

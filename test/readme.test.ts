import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../engine/bootstrap/folders.js';
import { destroyEmbedded } from '../state/embedded/destroy-embedded.ts';
import { createDatabase, type TestDatabase } from './harness/postgres.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');

/** What a fresh checkout does not have, and what the copy gets otherwise. */
const notCopied = new Set(['.git', '.signalbox', '.env', 'node_modules', 'engine/dist']);

/** Packages are there already, and these tests are the tests. */
const doneOtherwise = new Set(['npm ci', 'npm test']);

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text ?? '',
  );
}

const commands = blocks('sh')
  .flatMap((block) => block.split(/\n|&&/))
  .map((command) => command.trim())
  .filter((command) => command !== '' && !command.startsWith('#') && !doneOtherwise.has(command));

let copy: string;
let database: TestDatabase | undefined;

beforeAll(async () => {
  copy = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-readme-')));
  cpSync(projectRoot, copy, { recursive: true, filter: (path) => !notCopied.has(relative(projectRoot, path)) });
  symlinkSync(join(projectRoot, 'node_modules'), join(copy, 'node_modules'));
  database = inject('postgres').kind === 'url' ? await createDatabase() : undefined;
});
afterAll(async () => {
  await database?.drop();
  await destroyEmbedded({ home: join(copy, '.signalbox'), force: true });
  rmSync(copy, { recursive: true, force: true });
});

function shell(command: string) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(SIGNALBOX_|VITEST|NODE_ENV$|DATABASE_URL$)/.test(name),
  );
  const fixed = { NO_COLOR: '1', SIGNALBOX_SANDBOX_DATE: '2030-01-01' };
  const env = { ...Object.fromEntries(own), ...fixed, ...(database ? { DATABASE_URL: database.url } : {}) };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: copy, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Without what differs from day to day and from machine to machine. */
function shapeOf(summary: string): string {
  return summary
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/[\d.,]+(ms|s|m)?\b/g, 'N')
    .replace(/ +/g, ' ')
    .replace(/\n+outputs: .*\n$/, '\n');
}

describe('the commands of README.md, in a fresh copy of the project,', { timeout: 120_000 }, () => {
  it('begin with the first run', () => {
    expect(commands.length).toBeGreaterThanOrEqual(5);
    expect(commands[0]).toBe('node engine run --dag transit');
  });

  it.each(commands.map((command, index) => [command, index] as const))('%s', (command, index) => {
    const { status, stdout, stderr } = shell(command);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).not.toBe('');
    if (index === 0) expect(shapeOf(stdout)).toBe(shapeOf(blocks('text')[0] ?? ''));
    if (index === 1) expect(stdout).toContain('\n6 unchanged; ');
  });
});

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty project, for loading a configuration from. */
export function setup() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-config-')));
  writeFileSync(join(root, 'package.json'), '{}');
  return {
    root,
    dotEnv: (text: string) => writeFileSync(join(root, '.env'), text),
    write: (name: string, text: string) => writeFileSync(join(root, name), text),
    remove: () => rmSync(root, { recursive: true }),
  };
}

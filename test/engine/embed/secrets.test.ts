import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../config/load.ts';
import { readOnce } from '../../../engine/embed/secrets.ts';
import { setup } from '../../config/setup.ts';

test('a secret in a file is the same for the whole run, also when the file is taken away meanwhile', () => {
  const project = setup();
  const file = join(project.root, 'key');
  writeFileSync(file, 'one');
  const config = loadConfig({ environment: 'dev', directory: project.root, processEnvironment: { KEY_FILE: file } });
  const read = readOnce(config.secret);
  expect(read('KEY')).toBe('one');
  rmSync(file);
  expect(read('KEY')).toBe('one');
  expect(() => config.secret('KEY')).toThrow('could not read KEY_FILE');
  expect(read('OTHER')).toBeUndefined();
  project.remove();
});

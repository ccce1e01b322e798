import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stopEmbedded } from '../../../state/embedded/stop-embedded.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let from: CommandProject;
let to: CommandProject;

beforeAll(async () => {
  from = await commandProject();
  to = await commandProject('embedded');
  from.write('dags/fine.ts', inlineDag('fine', [`{ id: 'only', run: async () => 1 }`]));
  await from.engine(['run', '--dag', 'fine']);
});
afterAll(async () => {
  await stopEmbedded({ home: join(to.root, 'home'), force: true });
  await from.remove();
  await to.remove();
});

it('engine db backup copies one server, and db restore fills another', async () => {
  const file = join(from.root, 'copy.zip');
  const backup = await from.engine(['db', 'backup', file]);
  expect(backup).toMatchObject({ code: 0, stderr: '' });
  expect(backup.stdout).toMatch(
    /^wrote .*copy\.zip, .*: \d+ rows of \d+ tables, schema version \d+, as of .*\nwithout /,
  );
  const proven = await from.engine(['db', 'restore', file, '--verify']);
  expect(proven.stdout).toMatch(/^could restore .*copy\.zip: \d+ rows of /);
  const onto = await from.engine(['db', 'restore', file]);
  expect(onto).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected an empty database to restore into'),
  });
  const restored = await to.engine(['db', 'restore', file]);
  expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/^restored .*copy\.zip: /) });
  expect((await to.engine(['history'])).stdout).toBe((await from.engine(['history'])).stdout);
});

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import { bootedHome, bundleEngineProcess, freshHome, query, startEngineProcess } from './rig.ts';

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;

test.runIf(isLinuxRoot)('root runs the server in a user namespace and keeps the files', async () => {
  const home = freshHome();
  const engine = startEngineProcess(await bundleEngineProcess(), home);
  await engine.opened;
  expect(statSync(embeddedStatus({ home }).dataDir).uid).toBe(0);
  await engine.close();
});

test.runIf(isLinuxRoot)('where user namespaces are refused, root runs it as nobody, also on older data', async () => {
  const home = await bootedHome();
  for (const folder of [home, dirname(home)]) chmodSync(folder, 0o755);
  const bundle = await bundleEngineProcess();
  const engine = startEngineProcess(bundle, home, { withoutUserNamespaces: true });
  const connection = await engine.opened;
  expect(statSync(embeddedStatus({ home }).dataDir).uid).toBe(65_534);
  expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await engine.close();
  expect(embeddedStatus({ home }).running).toBe(false);
});

test.runIf(isLinuxRoot)('an ordinary user runs it as themselves', async () => {
  const home = freshHome();
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  openTo(home, nobody);
  const bundle = await bundleEngineProcess();
  chmodSync(dirname(bundle), 0o755);
  const engine = startEngineProcess(bundle, home, { uid: nobody });
  await engine.opened;
  expect(statSync(embeddedStatus({ home }).dataDir).uid).toBe(nobody);
  await engine.close();
  expect(embeddedStatus({ home }).running).toBe(false);
});

test.runIf(isLinuxRoot)('a uid without a name is told so', async () => {
  const home = freshHome();
  const nameless = 54_321;
  openTo(home, nameless);
  const bundle = await bundleEngineProcess();
  chmodSync(dirname(bundle), 0o755);
  const engine = startEngineProcess(bundle, home, { uid: nameless });
  await expect(engine.opened).rejects.toThrow('expected uid 54321 to have an entry in /etc/passwd');
});

function openTo(home: string, uid: number): void {
  chmodSync(dirname(home), 0o755);
  chownSync(home, uid, uid);
}

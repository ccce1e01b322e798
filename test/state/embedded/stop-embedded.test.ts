import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { destroyEmbedded } from '../../../state/embedded/destroy-embedded.ts';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import { openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { stopEmbedded } from '../../../state/embedded/stop-embedded.ts';
import { bootedHome, bundleEngineProcess, freshHome, startEngineProcess, temporaryFolder } from './rig.ts';

const IN_USE = { reason: 'in_use', processes: 1, clients: 1 };

test('a server nobody started is not stopped', async () => {
  expect(await stopEmbedded({ home: freshHome() })).toEqual({ stopped: false, reason: 'not_running' });
});

test('a server in use is stopped by force only', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  expect(await stopEmbedded({ home })).toEqual({ stopped: false, ...IN_USE });
  const { pid } = embeddedStatus({ home });
  expect(await stopEmbedded({ home, force: true })).toEqual({ stopped: true, pid });
  expect(embeddedStatus({ home }).running).toBe(false);
  await server.close();
});

test('a server that a killed process left behind is stopped', async () => {
  const home = await bootedHome();
  const engine = startEngineProcess(await bundleEngineProcess(), home);
  await engine.opened;
  await engine.kill();
  await expect.poll(() => stopEmbedded({ home })).toMatchObject({ stopped: true });
  expect(embeddedStatus({ home }).running).toBe(false);
});

test('a reset removes the database and nothing else of the home', async () => {
  const home = await bootedHome();
  writeFileSync(join(home, 'other'), '');
  const server = await openEmbedded({ home });
  expect(await destroyEmbedded({ home })).toEqual({ stopped: false, ...IN_USE });
  await server.close();
  expect(await destroyEmbedded({ home })).toEqual({ destroyed: true });
  expect(readdirSync(home).toSorted()).toEqual(['logs', 'other']);
});

test('a reset removes nothing outside the home', async () => {
  const home = freshHome();
  const outside = temporaryFolder();
  mkdirSync(join(outside, 'data'));
  symlinkSync(outside, join(home, 'database'));
  await expect(destroyEmbedded({ home })).rejects.toThrow('to lie inside');
  expect(existsSync(join(outside, 'data'))).toBe(true);
  rmSync(join(home, 'database'));
});

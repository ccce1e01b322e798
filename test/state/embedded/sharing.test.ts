import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import { openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { bootedHome, bundleEngineProcess, eventually, freshHome, query, startEngineProcess } from './rig.ts';

const isRunning = (home: string) => embeddedStatus({ home }).running;

test('eight processes that open a fresh home at once share one server, and the last one stops it', async () => {
  const home = freshHome();
  const bundle = await bundleEngineProcess();
  const engines = Array.from({ length: 8 }, () => startEngineProcess(bundle, home));
  const [connection] = await Promise.all(engines.map((engine) => engine.opened));
  const sharers = await query(connection ?? {}, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted`);
  expect(sharers).toHaveLength(8);
  expect(readdirSync(dirname(embeddedStatus({ home }).dataDir)).toSorted()).toEqual(['data', 'run']);
  await Promise.all(engines.map((engine) => engine.close()));
  expect(isRunning(home)).toBe(false);
});

test('a second process keeps the server up when the first leaves', async () => {
  const home = await bootedHome();
  const bundle = await bundleEngineProcess();
  const first = startEngineProcess(bundle, home);
  await first.opened;
  const second = startEngineProcess(bundle, home);
  const connection = await second.opened;
  await first.close();
  expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.close();
  expect(isRunning(home)).toBe(false);
});

test('a session of somebody else, such as psql, is not cut by the last process that leaves', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  const guest = new Client(server.connection);
  await guest.connect();
  await server.close();
  expect((await guest.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  await guest.end();
});

test('after kill -9 of the only process the server stays up and the next process adopts it', async () => {
  const home = await bootedHome();
  const killed = startEngineProcess(await bundleEngineProcess(), home);
  await killed.opened;
  const { pid } = embeddedStatus({ home });
  await killed.kill();
  const next = await openEmbedded({ home });
  expect(embeddedStatus({ home }).pid).toBe(pid);
  await eventually(async () => {
    const locks = await query(next.connection, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted`);
    return locks.length === 1;
  });
  await next.close();
  expect(isRunning(home)).toBe(false);
});

test('a Ctrl-C for the process group of the engine does not reach the server', async () => {
  const home = await bootedHome();
  const engine = startEngineProcess(await bundleEngineProcess(), home, { detached: true });
  const connection = await engine.opened;
  const ended = once(engine.child, 'exit');
  process.kill(-(engine.child.pid ?? Number.NaN), 'SIGINT');
  await ended;
  expect(await query(connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('overlapping runs that start and stop the server lose no committed row', async () => {
  const home = await bootedHome();
  const bundle = await bundleEngineProcess();
  const first = await openEmbedded({ home });
  await query(first.connection, 'CREATE TABLE effect (process int NOT NULL)');
  await first.close();
  const runsPerLane = 6;
  const lane = async () => {
    for (let run = 0; run < runsPerLane; run += 1) {
      const engine = startEngineProcess(bundle, home);
      await engine.opened;
      await engine.ask('insert');
      await engine.close();
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  expect(isRunning(home)).toBe(false);
  const last = await openEmbedded({ home });
  expect(await query(last.connection, 'SELECT count(*)::int AS rows FROM effect')).toEqual([{ rows: 4 * runsPerLane }]);
  await last.close();
});

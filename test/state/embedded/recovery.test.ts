import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import { type EmbeddedServer, openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { bootedHome, bundleEngineProcess, eventually, query, startEngineProcess } from './rig.ts';

const isRunning = (home: string) => embeddedStatus({ home }).running;

async function endLockSession({ connection }: EmbeddedServer): Promise<void> {
  await query(
    connection,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'signalbox lock'`,
  );
  await eventually(async () => (await countLocks(connection)) === 0);
}

async function countLocks(connection: EmbeddedServer['connection']): Promise<number> {
  const locks = await query(connection, `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted`);
  return locks.length;
}

/** The server of a home, killed as by a power cut: its postmaster.pid and its socket stay behind. */
async function killServer(home: string): Promise<void> {
  process.kill(embeddedStatus({ home }).pid ?? Number.NaN, 'SIGKILL');
  await eventually(() => !isRunning(home));
}

test('a lock whose session was ended is taken again before other work, once', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  await endLockSession(server);
  await eventually(async () => {
    await Promise.all([server.ensureLocked(), server.ensureLocked()]);
    return (await countLocks(server.connection)) === 1;
  });
  await server.close();
  expect(isRunning(home)).toBe(false);
});

test('a process whose lock session was ended still stops the server when it is the last', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  await endLockSession(server);
  await server.close();
  expect(isRunning(home)).toBe(false);
});

test('a server killed under a process is started again by its next work, with all committed rows', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  await query(server.connection, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await killServer(home);
  await eventually(async () => {
    await server.ensureLocked();
    return isRunning(home);
  });
  expect(await query(server.connection, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await server.close();
});

test('closing after somebody else stopped the server is no error', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  await killServer(home);
  await server.close();
  expect(isRunning(home)).toBe(false);
});

test('what a killed server left behind does not keep the next one from starting', async () => {
  const home = await bootedHome();
  const engine = startEngineProcess(await bundleEngineProcess(), home);
  await engine.opened;
  await engine.kill();
  await killServer(home);
  const next = await openEmbedded({ home });
  expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.close();
});

test.runIf(process.platform === 'linux')('a dead server whose pid is now another process is replaced', async () => {
  const home = await bootedHome();
  const first = await openEmbedded({ home });
  const pidFile = join(first.dataDir, 'postmaster.pid');
  const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
  await killServer(home);
  const reused = [String(process.pid), ...rest].join('\n');
  writeFileSync(pidFile, reused);
  writeFileSync(join(first.connection.host, '.s.PGSQL.5432.lock'), reused);
  expect(isRunning(home)).toBe(false);
  const next = await openEmbedded({ home });
  expect(await query(next.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await next.close();
  await first.close();
});

test('a server that cannot start is one error with the end of its log and what to do', async () => {
  const home = await bootedHome();
  rmSync(join(embeddedStatus({ home }).dataDir, 'global', 'pg_control'));
  await expect(openEmbedded({ home })).rejects.toThrow(
    /expected the embedded database .* to start.*pg_control.*DATABASE_URL/s,
  );
});

test('data of another PostgreSQL version is refused by name', async () => {
  const home = await bootedHome();
  writeFileSync(join(embeddedStatus({ home }).dataDir, 'PG_VERSION'), '14\n');
  await expect(openEmbedded({ home })).rejects.toThrow(/to be of PostgreSQL 18.*got PostgreSQL 14/s);
});

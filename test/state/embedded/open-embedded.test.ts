import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { embeddedStatus } from '../../../state/embedded/embedded-status.ts';
import { openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { bootedHome, eventually, freshHome, query } from './rig.ts';

test('the first boot makes a server that takes connections and keeps committed rows', async () => {
  const home = freshHome();
  const first = await openEmbedded({ home });
  await query(first.connection, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.close();
  const second = await openEmbedded({ home });
  expect(await query(second.connection, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.close();
});

test('the server listens on a private socket only and is durable', async () => {
  const server = await openEmbedded({ home: await bootedHome() });
  const names = ['listen_addresses', 'max_connections', 'shared_buffers', 'jit', 'fsync', 'synchronous_commit'];
  const settings = await query<{ name: string; setting: string }>(
    server.connection,
    'SELECT name, current_setting(name) AS setting FROM pg_settings WHERE name = ANY($1)',
    [names],
  );
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    listen_addresses: '',
    max_connections: '50',
    shared_buffers: '32MB',
    jit: 'off',
    fsync: 'on',
    synchronous_commit: 'on',
  });
  expect(statSync(server.connection.host).mode & 0o777).toBe(0o700);
  await server.close();
});

test('the status tells a running server from a stopped one and starts none', async () => {
  const home = freshHome();
  expect(embeddedStatus({ home })).toMatchObject({ running: false });
  const server = await openEmbedded({ home });
  expect(embeddedStatus({ home })).toEqual({
    running: true,
    pid: expect.any(Number),
    version: '18',
    dataDir: server.dataDir,
    socketDir: server.connection.host,
  });
  await server.close();
  const { pid, running, version } = embeddedStatus({ home });
  expect({ pid, running, version }).toEqual({ pid: undefined, running: false, version: '18' });
});

test('a home path with blanks, commas, quotes and a dollar works', async () => {
  const home = await bootedHome(['a b, "c" $HOME']);
  const server = await openEmbedded({ home });
  expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.close();
});

test('a home path too long for a socket gets a private socket folder elsewhere', async () => {
  const home = await bootedHome(['x'.repeat(60), 'y'.repeat(60)]);
  const server = await openEmbedded({ home });
  expect(server.connection.host.startsWith(home)).toBe(false);
  expect(statSync(server.connection.host).mode & 0o777).toBe(0o700);
  expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.close();
});

test.runIf(process.platform === 'linux')('the server inherits no secrets and leads its own session', async () => {
  process.env.SIGNALBOX_TEST_SECRET = 'do not inherit';
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  const { pid } = embeddedStatus({ home });
  expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain('SIGNALBOX_TEST_SECRET');
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ');
  expect(Number(afterName?.[3])).toBe(pid);
  await server.close();
  delete process.env.SIGNALBOX_TEST_SECRET;
});

test('an aborted opening says why and leaves no server', async () => {
  const home = freshHome();
  const reason = new Error('stopped by the user');
  await expect(openEmbedded({ home, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(embeddedStatus({ home }).running).toBe(false);
});

test('closing twice is closing once', async () => {
  const home = await bootedHome();
  const server = await openEmbedded({ home });
  await Promise.all([server.close(), server.close()]);
  await expect(server.ensureLocked()).rejects.toThrow('Internal error');
  expect(embeddedStatus({ home }).running).toBe(false);
});

test('a relative home is refused', async () => {
  await expect(openEmbedded({ home: '.signalbox' })).rejects.toThrow('absolute folder');
});

test('a first boot that is aborted half-way leaves nothing that looks like a database', async () => {
  const home = freshHome();
  const stop = new AbortController();
  const reason = new Error('stopped by the user');
  const opening = openEmbedded({ home, signal: stop.signal });
  const { dataDir } = embeddedStatus({ home });
  const isUnderway = () => existsSync(join(dirname(dataDir), `data.init-${process.pid}`, 'PG_VERSION'));
  const refusal = expect(opening).rejects.toBe(reason);
  await eventually(isUnderway);
  stop.abort(reason);
  await refusal;
  expect(existsSync(dataDir)).toBe(false);
  const server = await openEmbedded({ home });
  expect(await query(server.connection, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.close();
});

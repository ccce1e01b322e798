import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { sqlProber } from '../../../../engine/attempt/sources/sql.ts';
import type { SqlSource } from '../../../../engine/model/source.ts';
import type { NetworkRule } from '../../../../engine/model/task.ts';
import { createDatabase, type TestDatabase } from '../../../harness/postgres.ts';
import { failureOf, openPlace, watch } from './asking.ts';

let database: TestDatabase;
let owner: Client;

beforeAll(async () => {
  database = await createDatabase();
  owner = new Client(database.config);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await database.drop();
});
beforeEach(async () => {
  await owner.query(`
    drop table if exists trips;
    create table trips (id integer, name text, updated_at timestamptz);
    insert into trips values (1, 'a', '2026-01-01T00:00:00.123456Z'), (2, 'b', '2026-01-01T00:00:00.123457Z')`);
});

/** The suite's server may listen on a socket file only: this gives it a port. */
async function openPort(): Promise<number> {
  const { host, port } = database.config;
  const isFile = host?.startsWith('/') === true;
  const server = createServer((near) => {
    const far = isFile ? connect(`${host}/.s.PGSQL.${port}`) : connect(port ?? 5432, host);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => void [near.destroy(), far.destroy()]);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function asked(rest: Partial<SqlSource> = {}, rule?: (port: number) => NetworkRule) {
  const port = await openPort();
  const { user, password, database: name } = database.config;
  const secret = typeof password === 'string' ? `:${encodeURIComponent(password)}` : '';
  const url = `postgres://${encodeURIComponent(user ?? '')}${secret}@127.0.0.1:${port}/${name}`;
  const source: SqlSource = {
    kind: 'sql',
    id: 'trips',
    secret: 'TRIPS_URL',
    watermark: 'select max(updated_at) as newest, count(*) from trips',
    ...rest,
  };
  const network = rule?.(port) ?? ({ kind: 'public', allowHosts: [`127.0.0.1:${port}`] } as const);
  return { url, port, ...watch(sqlProber, source, openPlace().folder, { network, secrets: { TRIPS_URL: url } }) };
}

describe('a watermark', () => {
  test('that stands still is no change, and one that moves by a microsecond is', async () => {
    const { ask } = await asked();
    const first = await ask();
    expect(first.evidence.validator).toMatchObject({ count: '2', newest: expect.stringContaining('.123457') });
    expect((await ask()).evidence.parts[0]).toEqual({ ...first.evidence.parts[0], notModified: true });
    await owner.query("update trips set updated_at = '2026-01-01T00:00:00.123458Z' where id = 2");
    expect((await ask()).evidence.parts[0]?.digest).not.toBe(first.evidence.parts[0]?.digest);
  });

  test('under which the rows moved is found by an audit', async () => {
    const { ask } = await asked({ content: 'select sum(hashtextextended(t::text, 0)) from trips t' });
    await ask();
    expect((await ask('audit')).evidence).toMatchObject({ audited: true, proof: 'clean' });
    await owner.query("update trips set name = 'x' where id = 1");
    expect((await ask()).evidence.parts[0]?.notModified).toBe(true);
    expect((await ask('audit')).evidence).toMatchObject({ audited: true, proof: 'lied' });
  });
});

describe('a query', () => {
  test.each([
    ["insert into trips values (3, 'c', now()) returning id", 'read-only transaction'],
    ["select 1; commit; insert into trips values (3, 'c', now())", 'multiple commands'],
    ['select id from trips', 'expected the query to give one row, got 2'],
    ['select id from trips where false', 'expected the query to give one row, got 0'],
    ['selct 1', 'syntax error'],
  ])('that is refused: %s', async (watermark, message) => {
    const { ask } = await asked({ watermark });
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({ class: 'source', message: expect.stringContaining(message) });
    expect((await owner.query('select count(*)::integer as count from trips')).rows).toEqual([{ count: 2 }]);
  });

  test.each([
    ['a private host that nobody allowed', (): NetworkRule => ({ kind: 'public', allowHosts: [] }), 'public address'],
    [
      'anything but the sandbox',
      (port: number): NetworkRule => ({ kind: 'only', host: '127.0.0.1', port: port + 1 }),
      'no sandbox data',
    ],
  ])('does not go to %s', async (_name, rule, message) => {
    const { ask } = await asked({}, rule);
    expect((await failureOf(ask())).message).toContain(message);
  });

  test('needs a declared secret', async () => {
    const { ask } = await asked({ secret: 'TRIP_URL' });
    expect(await failureOf(ask())).toMatchObject({ class: 'error', hint: 'did you mean `TRIPS_URL`?' });
  });

  test.each(['mysql://user:secret@db/trips', 'postgres://user:secret@%zz/x', 'postgres:///trips?host=/var/run'])(
    'never tells the address: %s',
    async (url) => {
      const source: SqlSource = { kind: 'sql', id: 'trips', secret: 'TRIPS_URL', watermark: 'select 1' };
      const network = { kind: 'public', allowHosts: [] } as const;
      const { ask } = watch(sqlProber, source, openPlace().folder, { network, secrets: { TRIPS_URL: url } });
      const failure = await failureOf(ask());
      expect(failure.message).toContain('expected TRIPS_URL to hold a URL such as');
      expect(JSON.stringify(failure)).not.toContain('secret@');
    },
  );

  test('to a server that is not there is a failure of the infrastructure', async () => {
    const source: SqlSource = { kind: 'sql', id: 'trips', secret: 'TRIPS_URL', watermark: 'select 1' };
    const network = { kind: 'public', allowHosts: ['127.0.0.1'] } as const;
    const secrets = { TRIPS_URL: 'postgres://user:secret@127.0.0.1:1/trips' };
    const { ask } = watch(sqlProber, source, openPlace().folder, { network, secrets });
    expect(await failureOf(ask())).toMatchObject({ class: 'infra', message: expect.stringContaining('ECONNREFUSED') });
  });
});

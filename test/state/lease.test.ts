import { afterAll, beforeAll, expect, it } from 'vitest';
import { openState, type State } from '../../state/open-state.ts';
import { startDatabaseProxy } from '../harness/database-proxy.ts';
import { createDatabase, type TestDatabase } from '../harness/postgres.ts';

const leaseMs = 2_000;
const patient = { timeout: 10_000, interval: 20 };

let database: TestDatabase;
/** Of an engine that looks whether others are dead. */
let looker: State;

beforeAll(async () => {
  database = await createDatabase();
  looker = await openState({ home: '/nowhere', databaseUrl: database.url });
});
afterAll(async () => {
  await looker.close();
  await database.drop();
});

/** An engine whose thread has renewed its lease. */
async function keeper(databaseUrl: string) {
  const state = await openState({ home: '/nowhere', databaseUrl, leaseMs });
  const owner = await state.owners.register();
  const left = `select lease_until, extract(epoch from lease_until - now())::float8 * 1000 from owner where id = '${owner.id}'`;
  const row = async () => (await looker.sql(left))[0]?.rows[0] ?? [];
  const [atFirst] = await row();
  const letGo = state.owners.keep(owner);
  await expect.poll(async () => (await row())[0], patient).not.toEqual(atFirst);
  return {
    owner,
    /** By the database's clock. */
    leftMs: async () => Number((await row())[1]),
    letGo,
    close: async () => {
      await letGo();
      await state.owners.retire(owner);
      await state.close();
    },
  };
}

it('outlives a main thread that is busy for longer than the lease', { timeout: 20_000 }, async () => {
  const { close } = await keeper(database.url);
  const endMs = performance.now() + 1.5 * leaseMs;
  while (performance.now() < endMs);
  expect(await looker.owners.endDead()).toEqual([]);
  await close();
});

it('outlives a database that stands still for three quarters of it', { timeout: 30_000 }, async () => {
  const proxy = await startDatabaseProxy(database);
  const { leftMs, close } = await keeper(proxy.url);
  proxy.stall();
  await expect.poll(leftMs, patient).toBeLessThan(leaseMs / 4);
  proxy.heal();
  await expect.poll(leftMs, patient).toBeGreaterThan(leaseMs / 2);
  expect(await looker.owners.endDead()).toEqual([]);
  await close();
  await proxy.close();
});

it('ends when nobody renews it', { timeout: 20_000 }, async () => {
  const { owner, letGo, close } = await keeper(database.url);
  await letGo();
  const dead = () => looker.owners.endDead();
  await expect.poll(dead, patient).toMatchObject([{ id: owner.id, endedBy: 'lease_over' }]);
  await close();
});

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openState } from '../../state/open-state.ts';
import { temporaryRoot } from '../harness/temporary-root.ts';
import { makeClaimed, useScenario } from './scenario.ts';

const scenario = useScenario();

describe('openState', () => {
  it('opens the embedded database of a home, and finds again what it left there', async () => {
    const home = await mkdtemp(join(temporaryRoot(), 'signalbox-state-'));
    try {
      const first = await openState({ home });
      const owner = await first.owners.register();
      const { run } = await makeClaimed({ state: first, owner });
      await first.close();
      const again = await openState({ home });
      expect((await again.history.listRuns()).map(({ id }) => id)).toEqual([run.id]);
      await again.close();
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });

  it.each([
    ['nothing listens', 'postgres://ann:hunter2@127.0.0.1:1/base', /127\.0\.0\.1:1\/base .*ECONNREFUSED/],
    ['the text is no URL', 'postgres://ann:hunter2@[/base', /expected DATABASE_URL to be such as postgres:/],
    ['it names another kind of database', 'mysql://ann:hunter2@host/base', /expected DATABASE_URL/],
  ])('says in one message where it looked when %s, without the password', async (_, databaseUrl, message) => {
    const error: unknown = await openState({ home: '/nowhere', databaseUrl }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: { class: 'infra', hint: expect.any(String) } });
    expect((error as Error).message).toMatch(message);
    expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('hunter2');
  });

  it('names a database that is not there', async () => {
    const url = new URL(scenario().database.url);
    url.pathname = '/no_such_database';
    await expect(openState({ home: '/nowhere', databaseUrl: url.href })).rejects.toMatchObject({
      failure: { message: expect.stringContaining('no_such_database'), hint: expect.stringContaining('Create') },
    });
  });

  it('uses no more than two connections of its own, both of them named', async () => {
    const { state } = scenario();
    await Promise.all(Array.from({ length: 20 }, () => state.history.listRuns()));
    const [result] = await state.sql(
      `select application_name, count(*) from pg_stat_activity where datname = current_database()
       and application_name <> 'signalbox shell' group by 1 order by 1`,
    );
    expect(result?.rows).toEqual([
      ['signalbox read', 1],
      ['signalbox writer', 1],
    ]);
  });
});

describe('sql', () => {
  it('gives columns and rows for each statement', async () => {
    expect(await scenario().state.sql("select 1 as one, 'x' as two; create temporary table t (n int)")).toEqual([
      { command: 'SELECT', columns: ['one', 'two'], rows: [[1, 'x']], rowCount: 1 },
      { command: 'CREATE', columns: [], rows: [], rowCount: null },
    ]);
  });

  it('says what the database said', async () => {
    await expect(scenario().state.sql('select nonsense')).rejects.toThrow('column "nonsense" does not exist');
  });
});

describe('owners', () => {
  it('hold a lease by the database’s clock, until they retire', async () => {
    const { state } = scenario();
    const owner = await state.owners.register();
    const lease = `select lease_until - now() between '50 seconds' and '60 seconds', pid = ${process.pid}, host <> '',
      retired_at is null from owner where id = '${owner.id}'`;
    expect((await state.sql(lease))[0]?.rows).toEqual([[true, true, true, true]]);
    await state.owners.retire(owner);
    expect((await state.sql(lease))[0]?.rows).toEqual([[true, true, true, false]]);
  });
});

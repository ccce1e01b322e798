import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../engine/model/decision.ts';
import { slotStatuses } from '../../engine/model/slot.ts';
import { attemptStatuses, componentRunStatuses, runStatuses, triggers } from '../../engine/model/status.ts';
import { migrations, newestVersion } from '../../state/migrations/migrations.ts';
import { createDatabase } from '../harness/postgres.ts';
import { openAt, useScenario } from './scenario.ts';

const scenario = useScenario();

describe('the schema', () => {
  const unions: readonly (readonly [string, readonly string[]])[] = [
    ['run_status_check', runStatuses],
    ['run_trigger_check', triggers],
    ['component_run_status_check', componentRunStatuses],
    ['attempt_status_check', attemptStatuses],
    ['slot_status_check', slotStatuses],
    ['slot_trigger_check', triggers],
    ['decision_verdict_check', verdicts],
  ];

  it.each(unions)('repeats the words of the model in %s', async (name, words) => {
    const [result] = await scenario().state.sql(
      `select pg_get_constraintdef(oid) from pg_constraint where conname = '${name}'
       and connamespace = 'signalbox'::regnamespace`,
    );
    const found = String(result?.rows[0]?.[0]).matchAll(/'([a-z_]+)'::text/g);
    expect(new Set([...found].map(([, word]) => word))).toEqual(new Set(words));
  });

  it('has no name that PostgreSQL would cut', async () => {
    const [result] = await scenario().state.sql(`
      select max(octet_length(name)) < 63, count(*) > 60 from (
        select relname::text as name from pg_class where relnamespace = 'signalbox'::regnamespace
        union all select conname from pg_constraint where connamespace = 'signalbox'::regnamespace
        union all select attname from pg_attribute join pg_class c on c.oid = attrelid
          where relnamespace = 'signalbox'::regnamespace) names`);
    expect(result?.rows).toEqual([[true, true]]);
  });

  it('is numbered without a gap', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
  });
});

describe('migrating', () => {
  it('says where it stands', async () => {
    const status = await scenario().state.migrationStatus();
    expect(status).toMatchObject({ version: newestVersion, newest: newestVersion, pending: [] });
    expect(status.applied.map(({ name }) => name)).toEqual(migrations.map(({ name }) => name));
  });

  it('happens once when many open an empty database at once', async () => {
    const database = await createDatabase('template0');
    try {
      const states = await Promise.all(Array.from({ length: 4 }, () => openAt(database)));
      const [result] = (await states[0]?.sql('select count(*) from migration')) ?? [];
      expect(result?.rows).toEqual([[migrations.length]]);
      await Promise.all(states.map((state) => state.close()));
    } finally {
      await database.drop();
    }
  });

  it('is refused where a newer version was at work, and changes nothing', async () => {
    const database = await createDatabase();
    const client = new Client(database.config);
    await client.connect();
    try {
      await client.query("insert into signalbox.migration (version, name) values (999, 'from the future')");
      await expect(openAt(database)).rejects.toMatchObject({
        failure: { class: 'infra', message: expect.stringContaining('got version 999'), hint: expect.any(String) },
      });
    } finally {
      await client.end();
      await database.drop();
    }
  });

  it('starts anew after a reset', async () => {
    const database = await createDatabase();
    const state = await openAt(database);
    try {
      await state.owners.register();
      await state.reset();
      const [result] = await state.sql('select (select count(*) from owner), (select count(*) from migration)');
      expect(result?.rows).toEqual([[0, migrations.length]]);
    } finally {
      await state.close();
      await database.drop();
    }
  });
});

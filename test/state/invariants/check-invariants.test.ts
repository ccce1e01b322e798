import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../state/invariants/check-invariants.ts';
import { invariants } from '../../../state/invariants/database.ts';
import { newId } from '../../../state/new-id.ts';
import { finishOf, makeRun, type RunWish, startOf, useScenario } from '../scenario.ts';
import { doneRun, workingRun } from './made-runs.ts';

const scenario = useScenario();
let client: Client;

beforeAll(async () => {
  client = new Client({ ...scenario().database.config, query_timeout: 10_000 });
  await client.connect();
  await client.query('set search_path to signalbox');
});
afterEach(() =>
  client.query(
    'truncate run, component_run, attempt, decision, claim, source_state, slot, quota_usage, dag_version cascade',
  ),
);
afterAll(() => client.end());

const makeWorking = (wish: RunWish = {}) => workingRun(scenario(), wish);
const makeDone = (wish: RunWish = {}) => doneRun(scenario(), wish);
const sql = (text: string, ...values: unknown[]) => client.query(text, values);

async function makeGoneOwner(): Promise<string> {
  const { id } = await scenario().state.owners.register();
  await sql(`update owner set lease_until = now() - interval '1 hour' where id = $1`, id);
  return id;
}

/** An hour ago by the clock of the database, as far as it is between the two. */
const span = (from: number, to: number) =>
  `started_at = date_trunc('hour', now()) + ${from} * interval '1 second', wall_ms = ${(to - from) * 1_000}`;

async function makeAtOnce(definition: object, names: readonly string[]) {
  const dag = `dag-${newId()}`;
  const run = await makeRun(scenario(), {
    dag,
    components: names,
    extras: { definition: { title: dag, ...definition } },
  });
  const wanted = [...run.ids].map(([component, componentRunId]) => ({ component, componentRunId }));
  const { state, owner } = scenario();
  const { fences } = await state.runs.claim({ ...run, owner: owner.id, wanted, allOrNone: true });
  for (const { component, componentRunId } of wanted) {
    const start = startOf({ componentRunId, fence: fences.get(component) ?? 0 }, owner);
    await state.runs.startAttempt(start);
    await state.runs.finishAttempt(finishOf(start));
  }
  await state.runs.finishRun({ owner: scenario().owner.id, id: run.id, status: 'success', finishedAt: new Date() });
  const place = (component: string, from: number, to: number) =>
    sql(`update attempt set ${span(from, to)} where component_run_id = $1`, run.ids.get(component));
  return { run, place };
}

interface Planted {
  /** What must be named. */
  readonly id: string;
  /** For what a person, or another command, has to put right. */
  readonly undo?: () => Promise<unknown>;
}

const dayOf = (day: number) => new Date(Date.UTC(2030, 0, day));

const plants: Readonly<Record<string, () => Promise<Planted>>> = {
  'ended-runs-have-ended-components': async () => {
    const { id } = await makeRun(scenario());
    await sql(`update run set status = 'cancelled', finished_at = now() where id = $1`, id);
    return { id };
  },
  'live-runs-have-a-living-owner': async () => {
    const { id } = await makeRun(scenario());
    await sql('update run set owner = $2 where id = $1', id, await makeGoneOwner());
    return { id, undo: () => sql('update run set owner = $2 where id = $1', id, scenario().owner.id) };
  },
  'live-attempts-have-a-living-owner': async () => {
    const { start } = await makeWorking();
    const set = (owner: string) => sql('update attempt set owner = $2 where id = $1', start.attemptId, owner);
    await set(await makeGoneOwner());
    return { id: start.attemptId, undo: () => set(scenario().owner.id) };
  },
  'nothing-outlives-its-deadline': async () => {
    const { start } = await makeWorking();
    const set = (hours: number) =>
      sql(`update attempt set deadline = now() + $2 * interval '1 hour' where id = $1`, start.attemptId, hours);
    await set(-1);
    return { id: start.attemptId, undo: () => set(1) };
  },
  'good-runs-have-no-bad-component': async () => {
    const { start, run } = await makeWorking();
    const failure = { class: 'error', message: 'no' } as const;
    await scenario().state.runs.finishAttempt(finishOf(start, { componentStatus: 'failed', failure }));
    await scenario().state.runs.finishRun({
      owner: scenario().owner.id,
      id: run.id,
      status: 'success',
      finishedAt: new Date(),
    });
    return { id: run.id };
  },
  'parts-have-a-whole': async () => {
    const id = newId();
    await sql(`insert into decision values ($1, 'run', 'first_run', '[]')`, id);
    return { id };
  },
  'one-success-per-component-run': async () => {
    const { componentRunId: id, start } = await makeDone();
    const copy = `insert into attempt (id, component_run_id, number, status, owner, fence, started_at, deadline, finished_at)
      select $2, component_run_id, 2, status, owner, fence, started_at, deadline, finished_at from attempt where id = $1`;
    const second = newId();
    await sql(copy, start.attemptId, second);
    await sql('update component_run set attempts = 2 where id = $1', id);
    const undo = async () => {
      await sql('delete from attempt where id = $1', second);
      await sql('update component_run set attempts = 1 where id = $1', id);
    };
    return { id, undo };
  },
  'attempts-are-numbered-without-holes': async () => {
    const { componentRunId: id } = await makeDone();
    await sql('update component_run set attempts = 3 where id = $1', id);
    return { id };
  },
  'live-attempts-belong-to-running-components': async () => {
    const { start, componentRunId } = await makeWorking();
    await sql(`update component_run set status = 'failed', finished_at = now() where id = $1`, componentRunId);
    return { id: start.attemptId };
  },
  'running-components-have-one-live-attempt': async () => {
    const { start, componentRunId: id } = await makeWorking();
    const set = (end: string) => sql(`update attempt set ${end} where id = $1`, start.attemptId);
    await set(`status = 'lost', finished_at = now()`);
    return { id, undo: () => set(`status = 'running', finished_at = null`) };
  },
  'ended-components-have-a-decision': async () => {
    const { componentRunId: id } = await makeDone();
    await sql('delete from decision where component_run_id = $1', id);
    return { id };
  },
  'components-at-work-hold-their-claim': async () => {
    const { run, componentRunId: id } = await makeWorking();
    const set = (by: number) => sql('update claim set fence = fence + $2 where dag = $1', run.dag, by);
    await set(1);
    return { id, undo: () => set(-1) };
  },
  'fences-rise': async () => {
    const { componentRunId: id } = await makeDone();
    await sql('update component_run set fence = 7 where id = $1', id);
    await sql('update source_state set fence = 7 where component_run_id = $1', id);
    return { id };
  },
  'last-successes-are-successes': async () => {
    const { run } = await makeDone();
    const id = newId();
    await sql('update claim set last_success = $2 where dag = $1', run.dag, id);
    return { id, undo: () => sql('update claim set last_success = null where dag = $1', run.dag) };
  },
  'evidence-rests-on-a-success': async () => {
    const { componentRunId: id } = await makeDone();
    await sql('update source_state set fence = 9 where component_run_id = $1', id);
    return { id, undo: () => sql('update source_state set fence = 1 where component_run_id = $1', id) };
  },
  'versions-come-from-a-success': async () => {
    const { version: id } = await makeDone();
    await sql(`update dataset_version set component = 'another' where id = $1`, id);
    return { id };
  },
  'created-slots-have-their-run': async () => {
    const { run } = await makeDone();
    await sql(
      `insert into slot (environment, dag, component, slot, status, trigger, run_id) values ('prd', $1, '', $2, 'created', 'scheduled', $3)`,
      run.dag,
      dayOf(1),
      run.id,
    );
    return { id: run.id };
  },
  'scheduled-runs-have-their-slot': async () => {
    const { run } = await makeDone({ extras: { trigger: 'scheduled', slot: dayOf(2), answersSlots: true } });
    return { id: run.id };
  },
  'no-slot-passes-in-silence': async () => {
    const dag = `dag-${newId()}`;
    await sql(
      `insert into slot (environment, dag, component, slot, status, trigger) values ('prd', $1, 'a', $2, 'missed', 'scheduled')`,
      dag,
      dayOf(3),
    );
    return { id: `${dag}.a` };
  },
  'run-concurrency-is-kept': async () => {
    const { run, place } = await makeAtOnce({ concurrency: 2 }, ['a', 'b', 'c']);
    await place('a', 0, 10);
    await place('b', 5, 15);
    await place('c', 9, 20);
    return { id: run.id, undo: () => place('c', 10, 20) };
  },
  'groups-keep-their-size': async () => {
    const components = ['a', 'b', 'c'].map((id) => ({ id, ...(id === 'c' ? {} : { group: 'few' }) }));
    const { run, place } = await makeAtOnce({ components, groups: { few: { concurrency: 1 } } }, ['a', 'b', 'c']);
    await place('a', 0, 10);
    await place('b', 9, 15);
    await place('c', 0, 20);
    return { id: run.id, undo: () => place('b', 10, 15) };
  },
  'quotas-are-kept': async () => {
    const id = `quota-${newId()}`;
    const quota = { name: id, per: 'day', limit: 10 };
    await makeRun(scenario(), { extras: { definition: { components: [{ id: 'a', quota }] } } });
    await sql(
      `insert into quota_usage (quota, credential, per, window_start, window_end, used, updated_at)
        values ($1, 'key', 'day', now(), now() + interval '1 day', 11, now())`,
      id,
    );
    return { id, undo: () => sql('update quota_usage set used = 10 where quota = $1', id) };
  },
};

describe('each invariant', () => {
  it('holds in a healthy database', async () => {
    await makeDone();
    await makeWorking();
    await makeRun(scenario());
    expect(await checkInvariants(client)).toEqual([]);
  });

  it('has a violation here', () => {
    expect(Object.keys(plants)).toEqual(invariants.map(({ name }) => name));
  });

  it.each(Object.entries(plants))('%s: names its violation, and what it says mends it', async (name, plant) => {
    const { id, undo } = await plant();
    const found = await checkInvariants(client);
    expect(found.map(({ invariant }) => invariant)).toEqual([name]);
    expect(found[0]?.found).toContain(id);
    const mend = /db shell -c "(.*)"$/.exec(found[0]?.mend ?? '')?.[1];
    expect(mend === undefined).toBe(undo !== undefined);
    if (mend === undefined) await undo?.();
    else expect((await client.query(mend)).rowCount).toBeGreaterThan(0);
    expect(await checkInvariants(client)).toEqual([]);
  });
});

describe('checkInvariants', () => {
  it('counts what it does not name', async () => {
    const ids = Array.from({ length: 25 }, newId);
    await sql(`insert into decision select id, 'run', 'first_run', '[]' from unnest($1::uuid[]) id`, ids);
    const found = await checkInvariants(client);
    expect(found).toHaveLength(20);
    expect(found.at(-1)?.found).toMatch(/; and 5 more$/);
    await sql('delete from decision where component_run_id = any ($1::uuid[])', ids);
  });

  it('leaves those time who recover what a dead process has left', async () => {
    const { id } = await makeRun(scenario());
    const owner = await makeGoneOwner();
    await sql('update run set owner = $2 where id = $1', id, owner);
    expect(await checkInvariants(client, { patienceMs: 2 * 3_600_000 })).toEqual([]);
    expect(await checkInvariants(client)).toHaveLength(1);
    await sql('update run set owner = $2 where id = $1', id, scenario().owner.id);
  });

  it('lets who takes over a run raise the fence before the next try', async () => {
    const { start, run } = await makeWorking();
    const failure = { class: 'lost', message: 'gone' } as const;
    await scenario().state.runs.finishAttempt(finishOf(start, { componentStatus: 'up_for_retry', failure }));
    await sql('update claim set fence = fence + 1 where dag = $1', run.dag);
    expect(await checkInvariants(client)).toEqual([]);
  });

  it('takes limits from the settings where they say something else', async () => {
    const { place } = await makeAtOnce({}, ['a', 'b']);
    await place('a', 0, 10);
    await place('b', 9, 20);
    expect(await checkInvariants(client)).toEqual([]);
    const found = await checkInvariants(client, { concurrency: { prd: { dags: {}, other: 1 } } });
    expect(found.map(({ invariant }) => invariant)).toEqual(['run-concurrency-is-kept']);
    const quotas = [{ name: 'nobody', per: 'day', limit: 1 }];
    expect(await checkInvariants(client, { concurrency: { prd: { dags: {}, other: 2 } }, quotas })).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';
import { datasetOf, finishOf, makeClaimed, makeRun, startOf, successOf, useScenario } from './scenario.ts';

const scenario = useScenario();
const dagName = () => `dag-${newId()}`;

async function publish(dag: string, names: readonly string[]) {
  const { state, owner } = scenario();
  const claimed = await makeClaimed(scenario(), { dag });
  const start = startOf(claimed, owner);
  const datasets = names.map((name) => datasetOf(claimed.run, claimed.componentRunId, name));
  await state.runs.startAttempt(start);
  await state.runs.finishAttempt(finishOf(start, { success: successOf({ datasets }) }));
  return { ...claimed, datasets };
}

describe('listRuns', () => {
  it('goes through the runs of a DAG page by page, newest first', async () => {
    const { history } = scenario().state;
    const dag = dagName();
    const made = [
      await makeRun(scenario(), { dag }),
      await makeRun(scenario(), { dag }),
      await makeRun(scenario(), { dag }),
    ];
    await makeRun(scenario());
    const ids = made.map(({ id }) => id).toReversed();
    const first = await history.listRuns({ dag, environment: 'prd', limit: 2 });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await history.listRuns({ dag, limit: 2, before: first[1]?.id ?? '' });
    expect(second.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await history.listRuns({ dag, environment: 'dev' })).toEqual([]);
    expect(await history.listRuns({ dag, status: 'failed' })).toEqual([]);
    expect((await history.latestRun({ environment: 'prd', dag }))?.id).toBe(ids[0]);
  });
});

describe('run', () => {
  it('tells all that is recorded of it, in the order of the DAG', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario(), { components: ['z', 'a'] });
    const [first, second] = [startOf(claimed, owner, { pid: 7 }), startOf(claimed, owner, { number: 2 })];
    const failure = { class: 'source', message: 'expected a zip, got HTML' } as const;
    await state.runs.startAttempt(first);
    await state.runs.finishAttempt(finishOf(first, { componentStatus: 'up_for_retry', failure }));
    await state.runs.startAttempt(second);
    const run = await state.history.run(claimed.run.id);
    expect(run).toMatchObject({
      id: claimed.run.id,
      status: 'running',
      counts: { running: 1, pending: 1 },
      definition: { title: claimed.run.dag },
      owner,
      components: [
        {
          component: 'z',
          status: 'running',
          decision: { verdict: 'run', reason: 'first_run', checks: [] },
          attempts: [
            { number: 1, status: 'failed', failure, metrics: { wallMs: 5 }, pid: 7 },
            { number: 2, status: 'running', failure: null, pid: null },
          ],
        },
        { component: 'a', status: 'pending', attempts: [] },
      ],
    });
  });

  it('is found by the last part of its id, and told apart from several', async () => {
    const { history } = scenario().state;
    const [early, late] = [await makeRun(scenario()), await makeRun(scenario())];
    expect((await history.run(late.id.slice(-9)))?.id).toBe(late.id);
    const [newest, next] = await history.runsNamed(late.id.slice(0, 4), 2);
    expect([newest?.id, next?.id]).toEqual([late.id, early.id]);
    expect(await history.runsNamed(newId(), 2)).toEqual([]);
  });

  it('is found by the first part of its id when that names one', async () => {
    const { history } = scenario().state;
    const { id } = await makeRun(scenario());
    expect((await history.run(id.slice(0, 30)))?.id).toBe(id);
    expect((await history.run(id.replaceAll('-', '').toUpperCase()))?.id).toBe(id);
    expect(await history.run(id.slice(0, 4))).toBeUndefined();
    expect(await history.run(newId())).toBeUndefined();
    expect(await history.run("' or true")).toBeUndefined();
  });
});

describe('statusOf', () => {
  it('tells where each component stands and when it last succeeded', async () => {
    const { history } = scenario().state;
    const dag = dagName();
    await publish(dag, []);
    await makeRun(scenario(), { dag, components: ['a', 'b'] });
    const states = await history.statusOf({ environment: 'prd', dag });
    expect(states).toMatchObject([
      { component: 'a', status: 'pending', lastSuccessAt: expect.any(Date) },
      { component: 'b', status: 'pending', lastSuccessAt: null },
    ]);
    expect(await history.statusOf({ environment: 'prd', dag: 'never-seen' })).toEqual([]);
  });

  it('prefers the run that works to a newer one that gave up because of it', async () => {
    const { history, runs } = scenario().state;
    const dag = dagName();
    const giveUp = async () => {
      const { id } = await makeRun(scenario(), { dag });
      await runs.finishRun({
        owner: scenario().owner.id,
        id,
        status: 'cancelled',
        reason: 'busy',
        finishedAt: new Date(),
      });
      return id;
    };
    const early = await giveUp();
    expect(await history.statusOf({ environment: 'prd', dag })).toMatchObject([{ runId: early }]);
    const working = await makeRun(scenario(), { dag });
    await giveUp();
    expect(await history.statusOf({ environment: 'prd', dag })).toMatchObject([{ runId: working.id }]);
  });
});

describe('datasets', () => {
  it('are listed with their newest version, and read version by version', async () => {
    const { history } = scenario().state;
    const dag = dagName();
    const scope = { environment: 'prd', dag };
    const first = await publish(dag, ['stops', 'trips']);
    const second = await publish(dag, ['stops']);
    expect(await history.listDatasets(scope)).toEqual([
      { newest: second.datasets[0], versions: 2 },
      { newest: first.datasets[1], versions: 1 },
    ]);
    expect(await history.newestVersion(scope, 'stops')).toEqual(second.datasets[0]);
    expect(await history.datasetVersions(scope, 'stops')).toEqual([second.datasets[0], first.datasets[0]]);
    expect(await history.newestVersion(scope, 'nothing')).toBeUndefined();
  });
});

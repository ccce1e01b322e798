import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState, type State } from '../../state/open-state.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../harness/database-proxy.ts';
import {
  claimAll,
  datasetOf,
  finishOf,
  makeClaimed,
  makeRun,
  startOf,
  successOf,
  tracesOf,
  useScenario,
} from './scenario.ts';

const scenario = useScenario();
let proxy: DatabaseProxy;
let state: State;

beforeAll(async () => {
  proxy = await startDatabaseProxy(scenario().database);
  state = await openState({ home: '/nowhere', databaseUrl: proxy.url });
});
afterAll(async () => {
  await state?.close();
  await proxy?.close();
});

/** Does it while the answer of its first statement is lost. */
async function unheard<Result>(call: () => Promise<Result>): Promise<Result> {
  const lost = proxy.loseNextAnswer();
  const result = await call();
  await lost;
  return result;
}

/** Prepared beforehand, so that the lost answer is that of the statement itself. */
async function prepared() {
  const { owner } = scenario();
  const warm = await makeClaimed({ state, owner });
  const start = startOf(warm, owner);
  await Promise.all([state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start))]);
  return makeClaimed({ state, owner });
}

describe('when the commit is done and its answer lost', () => {
  it('a start is found on record and answered with true', async () => {
    const claimed = await prepared();
    expect(await unheard(() => state.runs.startAttempt(startOf(claimed, scenario().owner)))).toBe(true);
    expect(await tracesOf(scenario(), claimed.componentRunId)).toMatchObject({ attempts: 1, decisions: 1 });
  });

  it('so is a finish, with all that it published, once', async () => {
    const claimed = await prepared();
    const start = startOf(claimed, scenario().owner);
    await state.runs.startAttempt(start);
    const datasets = [datasetOf(claimed.run, claimed.componentRunId, 'stops')];
    const evidence = [{ source: 'feed', parts: [] }];
    const finish = finishOf(start, { success: successOf({ datasets, evidence }) });
    expect(await unheard(() => state.runs.finishAttempt(finish))).toBe(true);
    const traces = { attempts: 1, decisions: 1, evidence: 1, datasets: 1 };
    expect(await tracesOf(scenario(), claimed.componentRunId)).toEqual(traces);
  });

  it.each(['success', 'up_for_retry'] as const)(
    'so are a start and its finish as %s in one',
    async (componentStatus) => {
      const claimed = await prepared();
      const start = startOf(claimed, scenario().owner);
      const answers = await unheard(() =>
        Promise.all([state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start, { componentStatus }))]),
      );
      expect(answers).toEqual([true, true]);
      expect(await tracesOf(scenario(), claimed.componentRunId)).toMatchObject({ attempts: 1, decisions: 1 });
    },
  );

  it('so is an end without an attempt', async () => {
    const { componentRunId, fence } = await prepared();
    const end = { status: 'unchanged', reason: 'same', finishedAt: new Date(), degraded: false } as const;
    expect(
      await unheard(() => state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, fence, ...end })),
    ).toBe(true);
  });

  it('what another one ended in the meantime is still refused', async () => {
    const claimed = await prepared();
    const [ours, theirs] = [startOf(claimed, scenario().owner), startOf(claimed, scenario().owner)];
    await scenario().state.runs.startAttempt(theirs);
    expect(await unheard(() => state.runs.startAttempt(ours))).toBe(false);
  });

  it('a run and its claims are there once', async () => {
    const { owner } = scenario();
    await prepared();
    const run = await unheard(() => makeRun({ state, owner }, { components: ['a', 'b'] }));
    expect((await state.history.listRuns({ dag: run.dag })).map(({ counts }) => counts)).toEqual([{ pending: 2 }]);
    const { fences } = await unheard(() => claimAll({ state, owner }, run));
    expect([...fences.values()]).toEqual([1, 1]);
    const end = { id: run.id, owner: owner.id, status: 'failed', reason: 'because', finishedAt: new Date() } as const;
    expect(await unheard(() => state.runs.finishRun(end))).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';
import {
  claimAll,
  finishOf,
  makeClaimed,
  makeRun,
  openAt,
  startOf,
  statusOf,
  tracesOf,
  useScenario,
} from './scenario.ts';

const scenario = useScenario();

describe('a start and its finish in one batch', () => {
  it('are one move: the attempt is inserted ended, in the transaction that ends the component run', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const start = startOf(claimed, owner, { pid: 4_711 });
    const answers = [state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start))];
    expect(await Promise.all(answers)).toEqual([true, true]);
    const [result] = await state.sql(`
      select c.status, a.status, a.pid, a.number, c.attempts, c.started_at is not null, c.xmin = a.xmin, d.verdict
      from component_run c join attempt a on a.component_run_id = c.id join decision d on d.component_run_id = c.id
      where c.id = '${claimed.componentRunId}'`);
    expect(result?.rows).toEqual([['success', 'success', 4_711, 1, 1, true, true, 'run']]);
  });

  it('are both refused when the start is', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const start = startOf({ ...claimed, fence: 99 }, owner);
    const answers = [state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start))];
    expect(await Promise.all(answers)).toEqual([false, false]);
    expect(await tracesOf(scenario(), claimed.componentRunId)).toMatchObject({ attempts: 0, decisions: 0 });
  });

  it('may end in a retry, and the next try follows in a batch of its own', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const [first, second] = [startOf(claimed, owner), startOf(claimed, owner, { number: 2 })];
    const answers = await Promise.all([
      state.runs.startAttempt(first),
      state.runs.finishAttempt(finishOf(first, { componentStatus: 'up_for_retry' })),
      state.runs.startAttempt(second),
      state.runs.finishAttempt(finishOf(second)),
    ]);
    expect(answers).toEqual([true, true, true, true]);
    expect(await tracesOf(scenario(), claimed.componentRunId)).toMatchObject({ attempts: 2, decisions: 1 });
    expect(await statusOf(scenario(), claimed.componentRunId)).toBe('success');
  });
});

describe('moves that queue up together', () => {
  it('share a commit', async () => {
    const { state, owner } = scenario();
    const components = Array.from({ length: 50 }, (_, index) => `c${index}`);
    const run = await makeRun(scenario(), { components });
    const { fences } = await claimAll(scenario(), run);
    await Promise.all(
      [...run.ids].map(([component, componentRunId]) =>
        state.runs.startAttempt(startOf({ componentRunId, fence: fences.get(component) ?? 0 }, owner)),
      ),
    );
    const ids = [...run.ids.values()].map((id) => `'${id}'`).join();
    const [result] = await state.sql(
      `select count(distinct xmin::text) from attempt where component_run_id in (${ids})`,
    );
    expect(result?.rows).toEqual([[1]]);
  });

  it('are a thousand, and every one of them gets its own answer', async () => {
    const { state, owner } = scenario();
    const components = Array.from({ length: 500 }, (_, index) => `c${index}`);
    const run = await makeRun(scenario(), { components });
    const { fences } = await claimAll(scenario(), run);
    const isStale = (component: string) => Number(component.slice(1)) % 7 === 0;
    const answers = await Promise.all(
      [...run.ids].flatMap(([component, componentRunId]) => {
        const fence = (fences.get(component) ?? 0) + (isStale(component) ? 1 : 0);
        const start = startOf({ componentRunId, fence }, owner);
        return [state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start))];
      }),
    );
    expect(answers).toEqual(components.flatMap((component) => [!isStale(component), !isStale(component)]));
    const [row] = await state.history.listRuns({ dag: run.dag });
    const stale = components.filter(isStale).length;
    expect(row?.counts).toEqual({ pending: stale, success: components.length - stale });
  });

  it('do not suffer from one that the database refuses', async () => {
    const { state, owner } = scenario();
    const [good, bad] = [await makeClaimed(scenario()), await makeClaimed(scenario())];
    const answers = await Promise.allSettled([
      state.runs.startAttempt(startOf(good, owner)),
      state.runs.startAttempt(startOf(bad, owner, { number: 0 })),
    ]);
    expect(answers[0]).toEqual({ status: 'fulfilled', value: true });
    expect(answers[1]).toMatchObject({
      status: 'rejected',
      reason: { failure: { class: 'infra', message: expect.stringContaining('attempt_number_check') } },
    });
    expect(await tracesOf(scenario(), bad.componentRunId)).toMatchObject({ attempts: 0, decisions: 0 });
  });
});

describe('a run', () => {
  it('that is recorded twice is there once', async () => {
    const { state, owner } = scenario();
    const run = {
      id: newId(),
      environment: 'prd',
      dag: 'twice',
      dagVersion: 'v',
      definition: {},
      trigger: 'manual' as const,
      forced: false,
      owner: owner.id,
      startedAt: new Date(),
      deadline: new Date(),
      selection: {},
      asOf: new Date(),
      answersSlots: false,
      advances: true,
      components: [{ id: newId(), component: 'a' }],
    };
    await Promise.all([state.runs.createRun(run), state.runs.createRun(run)]);
    const [row, second] = await state.history.listRuns({ dag: 'twice' });
    expect([row?.counts, second]).toEqual([{ pending: 1 }, undefined]);
  });
});

describe('after close', () => {
  it('nothing more is taken', async () => {
    const { database, owner } = scenario();
    const state = await openAt(database);
    await state.close();
    await expect(state.runs.startAttempt(startOf({ componentRunId: newId(), fence: 1 }, owner))).rejects.toThrow(
      'after it was closed',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptStatuses,
  type ComponentRunStatus,
  componentRunMoves,
  componentRunStatuses,
  type EndStatus,
  isEnd,
  runStatuses,
} from '../../engine/model/status.ts';
import { newId } from '../../state/new-id.ts';
import {
  type Claimed,
  datasetOf,
  finishOf,
  makeClaimed,
  makeRun,
  startOf,
  statusOf,
  successOf,
  tracesOf,
  useScenario,
} from './scenario.ts';

const scenario = useScenario();

/** Puts a fresh, claimed component run into a status as only a test may. A running one has a live attempt. */
async function givenStatus(status: ComponentRunStatus): Promise<Claimed & { attemptId: string }> {
  const claimed = await makeClaimed(scenario());
  const start = startOf(claimed, scenario().owner);
  if (status === 'running') {
    await scenario().state.runs.startAttempt(start);
  } else if (status !== 'pending') {
    const digests = status === 'success' ? { fence: claimed.fence, output_digest: 'd', fingerprint: 'f' } : {};
    const finished = isEnd(status) ? { finished_at: new Date() } : {};
    await scenario()
      .state.database.updateTable('component_run')
      .set({ status, ...finished, ...digests })
      .where('id', '=', claimed.componentRunId)
      .execute();
  }
  return { ...claimed, attemptId: start.attemptId };
}

function isLegal(from: ComponentRunStatus, to: Exclude<ComponentRunStatus, 'pending'>): boolean {
  return (componentRunMoves[to] as readonly ComponentRunStatus[]).includes(from);
}

const finishStatuses = ['up_for_retry', 'success', 'failed', 'timed_out', 'cancelled'] as const;
const endStatuses: readonly EndStatus[] = [
  'unchanged',
  'skipped',
  'deferred',
  'upstream_failed',
  'failed',
  'timed_out',
  'cancelled',
];

describe('startAttempt', () => {
  it.each(componentRunStatuses)('from %s moves exactly where the model allows it', async (from) => {
    const { state, owner } = scenario();
    const given = await givenStatus(from);
    const before = await tracesOf(scenario(), given.componentRunId);
    const isMoved = await state.runs.startAttempt(startOf(given, owner, { number: 2 }));
    expect(isMoved).toBe(isLegal(from, 'running'));
    expect(await statusOf(scenario(), given.componentRunId)).toBe(isMoved ? 'running' : from);
    if (!isMoved) expect(await tracesOf(scenario(), given.componentRunId)).toEqual(before);
  });
});

describe('finishAttempt', () => {
  const cases = componentRunStatuses.flatMap((from) => finishStatuses.map((to) => ({ from, to })));
  it.each(cases)('from $from to $to moves only a running one', async ({ from, to }) => {
    const given = await givenStatus(from);
    const before = await tracesOf(scenario(), given.componentRunId);
    const evidence = [{ source: 'feed', parts: [] }];
    const datasets = [datasetOf(given.run, given.componentRunId, 'stops')];
    const success = to === 'success' ? { success: successOf({ evidence, datasets }) } : {};
    const isMoved = await scenario().state.runs.finishAttempt(finishOf(given, { componentStatus: to, ...success }));
    expect(isMoved).toBe(from === 'running');
    expect(isMoved).toBe(isLegal(from, to) && from === 'running');
    expect(await statusOf(scenario(), given.componentRunId)).toBe(isMoved ? to : from);
    if (!isMoved) expect(await tracesOf(scenario(), given.componentRunId)).toEqual(before);
  });
});

describe('endComponentRun', () => {
  const cases = componentRunStatuses.flatMap((from) => endStatuses.map((to) => ({ from, to })));
  it.each(cases)('from $from to $to moves where the model allows it and no attempt is live', async ({ from, to }) => {
    const given = await givenStatus(from);
    const before = await tracesOf(scenario(), given.componentRunId);
    const isMoved = await scenario().state.runs.endComponentRun({
      owner: scenario().owner.id,
      componentRunId: given.componentRunId,
      fence: given.fence,
      status: to,
      reason: 'because',
      finishedAt: new Date(),
      degraded: false,
    });
    expect(isMoved).toBe(isLegal(from, to) && from !== 'running');
    expect(await statusOf(scenario(), given.componentRunId)).toBe(isMoved ? to : from);
    if (!isMoved) expect(await tracesOf(scenario(), given.componentRunId)).toEqual(before);
  });
});

describe('finishRun', () => {
  it.each(runStatuses)('from %s moves only what has not ended', async (from) => {
    const { state } = scenario();
    const run = await makeRun(scenario());
    const hasEnded = from !== 'queued' && from !== 'running';
    const row = { status: from, finished_at: hasEnded ? new Date() : null };
    await state.database.updateTable('run').set(row).where('id', '=', run.id).execute();
    expect(
      await state.runs.finishRun({
        owner: scenario().owner.id,
        id: run.id,
        status: 'cancelled',
        finishedAt: new Date(),
      }),
    ).toBe(!hasEnded);
  });
});

describe('an attempt', () => {
  const ends = attemptStatuses.filter((status) => status !== 'running');
  it.each(ends)('can end as %s once, and the first end stands', async (attemptStatus) => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const start = startOf(claimed, owner);
    await state.runs.startAttempt(start);
    const componentStatus = attemptStatus === 'success' ? 'success' : 'failed';
    expect(await state.runs.finishAttempt(finishOf(start, { attemptStatus, componentStatus }))).toBe(true);
    expect(await state.runs.finishAttempt(finishOf(start, { attemptStatus: 'lost', componentStatus }))).toBe(false);
    const rows = await state.database
      .selectFrom('attempt')
      .select('status')
      .where('id', '=', start.attemptId)
      .execute();
    expect(rows).toEqual([{ status: attemptStatus }]);
  });

  it('cannot be finished in the name of another one', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const start = startOf(claimed, owner);
    await state.runs.startAttempt(start);
    expect(await state.runs.finishAttempt(finishOf({ ...start, attemptId: newId() }))).toBe(false);
    expect(await statusOf(scenario(), claimed.componentRunId)).toBe('running');
  });
});

type Step = (typeof steps)[number];
const steps = ['start', 'retry', 'success', 'failed', 'skip', 'cancel'] as const;

/** The same walk by the model's table alone. */
function follow(status: ComponentRunStatus, step: Step): ComponentRunStatus {
  if (step === 'start') return isLegal(status, 'running') ? 'running' : status;
  if (step === 'retry') return status === 'running' ? 'up_for_retry' : status;
  if (step === 'success' || step === 'failed') return status === 'running' ? step : status;
  const to = step === 'skip' ? 'skipped' : 'cancelled';
  return status !== 'running' && isLegal(status, to) ? to : status;
}

describe('any sequence of transitions', () => {
  it('ends where the model ends, with each answer saying whether the row moved', async () => {
    const { state, owner } = scenario();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...steps), { maxLength: 8 }), async (walk) => {
        const claimed = await makeClaimed(scenario());
        const { runs } = state;
        let expected: ComponentRunStatus = 'pending';
        let started = startOf(claimed, owner, { number: 0 });
        for (const step of walk) {
          const next = follow(expected, step);
          const common = { ...claimed, finishedAt: new Date(), reason: step, degraded: false };
          const fresh = startOf(claimed, owner, { number: started.number + 1 });
          const isMoved = await {
            start: () => runs.startAttempt(fresh),
            retry: () => runs.finishAttempt(finishOf(started, { componentStatus: 'up_for_retry' })),
            success: () => runs.finishAttempt(finishOf(started)),
            failed: () => runs.finishAttempt(finishOf(started, { componentStatus: 'failed' })),
            skip: () => runs.endComponentRun({ owner: scenario().owner.id, ...common, status: 'skipped' }),
            cancel: () => runs.endComponentRun({ owner: scenario().owner.id, ...common, status: 'cancelled' }),
          }[step]();
          expect(isMoved).toBe(next !== expected);
          if (isMoved && step === 'start') started = fresh;
          expected = next;
        }
        expect(await statusOf(scenario(), claimed.componentRunId)).toBe(expected);
      }),
      { numRuns: 25 },
    );
  });
});

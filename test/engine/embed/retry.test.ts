import { type ComponentOptions, component, type Dag, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackfill } from '../../../engine/embed/backfill/create-backfill.ts';
import { workBackfill } from '../../../engine/embed/backfill/work-backfill.ts';
import type { RetryOptions } from '../../../engine/embed/engine.ts';
import { readyDag } from '../../../engine/embed/ready-dag.ts';
import { retryRun } from '../../../engine/embed/retry/retry-run.ts';
import { runOnce } from '../../../engine/embed/run-once.ts';
import { componentOf, reasonsOf, statusesOf } from '../../harness/run-rig.ts';
import { openTickRig, type TickRig } from '../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
  rig.clock.set('2026-03-10T06:00:00Z');
});
afterAll(() => rig.close());

const ready = (dag: Dag) => readyDag(dag, rig.lent.config);
const retry = (dag: Dag, run: string, options: RetryOptions = {}) => retryRun(run, options, () => ready(dag), rig.lent);

async function details(id: string) {
  const run = await rig.state.history.run(id);
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

/** `bad` fails until it is mended; `needs` needs it, `well` and `other` do not. */
function fourOf(id: string, options: { readonly schedule?: string } = {}) {
  let isMended = false;
  const calls: string[] = [];
  const one = (name: string, dependsOn: ComponentOptions['dependsOn'] = {}) =>
    component({
      id: name,
      isolation: 'inline',
      retries: 0,
      dependsOn,
      run: async () => {
        calls.push(name);
        if (name === 'bad' && !isMended) throw new Error('out of luck');
        return name;
      },
    });
  const bad = one('bad');
  const well = one('well');
  const needs = one('needs', { bad });
  const other = one('other', { well });
  const dag = defineDag({ id, ...options, components: [bad, well, needs, other] });
  return {
    dag,
    calls,
    mend: () => {
      isMended = true;
      calls.length = 0;
    },
  };
}

describe('a retry', () => {
  it('asks what was neither success nor unchanged, answers for the same slot, and is linked both ways', async () => {
    const { dag, calls, mend } = fourOf('slots', { schedule: '0 0 * * *' });
    await rig.tick(dag, '2026-03-10T06:00:00Z');
    const [first] = (await rig.tick(dag, '2026-03-11T00:00:30Z')).runs;
    const runId = first?.summary.runId ?? '';
    expect(first?.summary.status).toBe('failed');
    mend();
    rig.clock.set('2026-03-11T09:00:00Z');
    const summary = await retry(dag, runId);
    expect(summary).toMatchObject({ status: 'success', trigger: 'retry' });
    expect(calls).toEqual(['bad', 'needs']);
    const again = await details(summary?.runId ?? '');
    const slot = new Date('2026-03-11T00:00:00Z');
    expect(again).toMatchObject({ slot, asOf: slot, answersSlots: true, advances: true, retryOf: runId });
    expect(reasonsOf(again)).toMatchObject({ well: 'not_selected', other: 'not_selected' });
    expect(await details(runId)).toMatchObject({ status: 'failed', retryOf: null, retries: [again.id] });
    const successes = await rig.state.memory.lastSuccesses({ environment: 'dev', dag: 'slots' });
    expect([...successes.values()].map(({ answeredUntil }) => answeredUntil)).toEqual([slot, slot, slot, slot]);
  });

  it('asks also what never started', async () => {
    const { dag, calls, mend } = fourOf('never-started');
    const stopped = await runOnce(await ready(dag), { signal: AbortSignal.abort('interrupted') }, rig.lent);
    expect(stopped).toMatchObject({ status: 'cancelled', counts: { cancelled: 4 } });
    mend();
    expect(await retry(dag, stopped.runId)).toMatchObject({ status: 'success', counts: { success: 4 } });
    expect(calls.toSorted()).toEqual(['bad', 'needs', 'other', 'well']);
  });

  it('asks only what failed and what that held up, when that is wanted', async () => {
    const { dag, calls, mend } = fourOf('only-failed');
    const failing = await runOnce(await ready(dag), {}, rig.lent);
    mend();
    await retry(dag, failing.runId, { failedOnly: true });
    expect(calls).toEqual(['bad', 'needs']);
    const stopped = await runOnce(await ready(dag), { signal: AbortSignal.abort('interrupted') }, rig.lent);
    expect(await retry(dag, stopped.runId, { failedOnly: true })).toBeUndefined();
  });

  it('asks what is chosen, and what needs it', async () => {
    const { dag, calls } = fourOf('chosen');
    const { runId } = await runOnce(await ready(dag), {}, rig.lent);
    calls.length = 0;
    const chosen = await retry(dag, runId, { components: ['well'], downstream: true });
    expect(chosen && statusesOf(chosen)).toEqual({
      bad: 'skipped',
      well: 'success',
      needs: 'skipped',
      other: 'unchanged',
    });
    await expect(retry(dag, runId, { components: ['wel'] })).rejects.toThrow('got `wel`');
  });

  it('of a run in which nothing is open is none', async () => {
    const { dag, mend } = fourOf('all-well');
    mend();
    const { runId } = await runOnce(await ready(dag), { components: ['well'] }, rig.lent);
    expect(await retry(dag, runId)).toBeUndefined();
  });

  it('is refused while the run is at work', async () => {
    const stop = new AbortController();
    const waits = component({ id: 'waits', isolation: 'inline', run: () => new Promise(() => {}) });
    const dag = defineDag({ id: 'at-work', components: [waits] });
    const begun = new Promise<string>((resolve) => {
      const emit = (event: { readonly type: string; readonly runId: string }) =>
        event.type === 'run_started' && resolve(event.runId);
      void ready(dag).then((loaded) => runOnce(loaded, { signal: stop.signal }, { ...rig.lent, emit }));
    });
    const runId = await begun;
    await expect(retry(dag, runId)).rejects.toThrow(`expected a run that has ended, got ${runId}`);
    stop.abort('cancelled');
  });

  it('ends a run first whose engine is gone', async () => {
    const { dag, mend } = fourOf('lost');
    const gone = await rig.state.owners.register();
    const { runId } = await runOnce(await ready(dag), {}, rig.lent);
    const reopened = `update run set status = 'running', finished_at = null, owner = '${gone.id}' where id = '${runId}'`;
    await rig.state.sql(`set search_path to signalbox; ${reopened}`);
    await rig.state.owners.retire(gone);
    mend();
    expect(await retry(dag, runId)).toMatchObject({ status: 'success' });
    expect(await details(runId)).toMatchObject({ status: 'failed', reason: 'lost' });
  });

  it('of a run of a backfill fills its slot again, and leaves the present alone', async () => {
    const { dag, calls, mend } = fourOf('past', { schedule: '0 0 * * *' });
    rig.clock.set('2026-03-12T06:00:00Z');
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-01'), createdBy: 'somebody' };
    const { backfill } = await createBackfill(await ready(dag), span, rig.lent);
    const [made] = await workBackfill(
      await ready(dag),
      { ...backfill, status: 'running', finishedAt: null, counts: {} },
      {},
      rig.lent,
    );
    expect(made?.summary.status).toBe('failed');
    const again = await retry(dag, made?.summary.runId ?? '');
    expect(again?.status).toBe('failed');
    mend();
    const third = await details((await retry(dag, again?.runId ?? ''))?.runId ?? '');
    expect(calls).toEqual(['bad', 'needs']);
    expect(third).toMatchObject({ status: 'success', advances: false, slot: span.from });
    expect(componentOf(third, 'bad').decision).toMatchObject({ reason: 'backfill' });
    expect((await rig.state.memory.lastSuccesses({ environment: 'dev', dag: 'past' })).size).toBe(0);
  });
});

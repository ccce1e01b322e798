import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AttemptFinish } from '../../../engine/model/ports.ts';
import { drivable } from '../../harness/run-drivable.ts';
import { openRunRig, type RunRig, reasonsOf, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

/** A DAG of which `broken` is refused its end, in whatever way, while `busy` is at work and `late` waits. */
function world(id: string) {
  const broken = drivable('broken');
  const busy = drivable('busy');
  const late = component({ id: 'late', isolation: 'inline', dependsOn: { busy: busy.handle }, run: async () => null });
  const dag = defineDag({ id, components: [broken.handle, busy.handle, late] });
  const finishAttempt = (finish: AttemptFinish) =>
    finish.attemptStatus === 'success'
      ? Promise.reject(new Error('value too long'))
      : rig.state.runs.finishAttempt(finish);
  return { broken, busy, dag, runs: { ...rig.state.runs, finishAttempt } };
}

test('a run that breaks waits for what it stops, and leaves no row open and nothing claimed', async () => {
  const { broken, busy, dag, runs } = world('breaks');
  const live = rig.start(dag, { ports: { runs } });
  const thrown = expect(live.summary).rejects.toThrow('value too long');
  const atWork = await busy.next();
  let hasEnded = false;
  atWork.context.signal.addEventListener('abort', () => {
    hasEnded = true;
    atWork.fail(atWork.context.signal.reason);
  });
  (await broken.next()).succeed();
  await thrown;
  expect(hasEnded).toBe(true);
  const details = await rig.details(live.events[0]?.runId ?? '');
  expect(details).toMatchObject({ status: 'failed', reason: 'abandoned' });
  expect(statusesOf(details)).toEqual({ broken: 'failed', busy: 'cancelled', late: 'cancelled' });
  expect(reasonsOf(details)).toEqual({ broken: 'abandoned', busy: 'interrupted', late: 'run_abandoned' });
  const attempts = details.components.flatMap((row) => row.attempts.map(({ status }) => [row.component, status]));
  expect(attempts).toEqual([
    ['broken', 'lost'],
    ['busy', 'interrupted'],
  ]);

  // The same process goes on, as an embedder does: its next run is not kept waiting by the one that broke.
  const next = rig.start(dag, { noWait: true });
  (await broken.next()).succeed();
  (await busy.next()).succeed();
  expect((await next.summary).status).toBe('success');
});

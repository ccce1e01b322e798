import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dag } from '../../../../engine/model/component.ts';
import type { RunSummary } from '../../../../engine/model/summary.ts';
import { livingBearers } from '../../../../engine/run/children/process-table.ts';
import type { RunDetails } from '../../../../state/history/run-details.ts';
import { bundleOf, rigChildren } from '../../../harness/run-children.ts';
import { createGatedClock, gatedMs } from '../../../harness/run-clock.ts';
import { componentOf, openRunRig, type RunRig } from '../../../harness/run-rig.ts';

const file = fileURLToPath(new URL('./fixtures/hostile-programs.ts', import.meta.url));
const clock = createGatedClock();
const hostile = [
  'ignores-term',
  'ignores-int',
  'forks-twice',
  'leaves-session',
  'stops-itself',
  'forks-on',
  'closes-streams',
  'floods',
  'lends-its-pipe',
  'garbles-its-channel',
  'exits-without-answer',
  'spins',
];
let rig: RunRig;
let dag: Dag;

beforeAll(async () => {
  rig = await openRunRig();
  ({ dag } = await bundleOf(file, `${rig.storageRoot}/cache`));
});
afterAll(() => rig.close());

interface Ended {
  readonly summary: RunSummary;
  readonly details: RunDetails;
  /** Processes that are alive before the children are dismissed. */
  readonly living: readonly number[];
}

/** Lets all twelve come to work, then ends them. Whatever they start has the mark in its environment. */
async function endAll(name: string, end: (cancel: () => void) => Promise<void> | void): Promise<Ended> {
  const mark = `${rig.storageRoot}/${name}`;
  const cacheDirectory = `${rig.storageRoot}/cache`;
  const children = await rigChildren({ file, clock, cacheDirectory, spare: 1, environment: { TMPDIR: mark } });
  try {
    let cancel = () => {};
    const asked = new Promise<boolean>((resolve) => {
      cancel = () => resolve(true);
    });
    const live = rig.start(dag, {
      settings: { componentTimeoutMs: gatedMs, graceMs: 50 },
      process: children.workshop,
      ports: { clock, awaitCancel: () => asked },
    });
    await Promise.all(
      hostile.map((id) =>
        live.event('attempt_logged', ({ component, message }) => component === id && message === 'ready'),
      ),
    );
    await live.event('component_finished', ({ component }) => component === 'exits-without-answer');
    await end(cancel);
    const summary = await live.summary;
    await children.close();
    return { summary, details: await rig.details(summary), living: livingBearers(mark) };
  } finally {
    await children.close();
  }
}

describe.each([
  ['their timeout', () => clock.expire(), 'failed', 'timed_out', 'success'],
  ['a cancellation of their run', (cancel: () => void) => cancel(), 'cancelled', 'cancelled', 'cancelled'],
] as const)('after %s', (name, end, runStatus, status, nextStatus) => {
  let ended: Ended;
  beforeAll(async () => {
    ended = await endAll(name.replaceAll(' ', '-'), end);
  });

  test('nothing of twelve hostile programs is alive', () => {
    expect(ended.living).toEqual([]);
    expect(ended.details.status).toBe(runStatus);
  });

  test.each(hostile)('%s: the record is right, and the place is free', (id) => {
    const isOver = id === 'exits-without-answer';
    const expected = isOver
      ? { status: 'failed', reason: 'protocol', attempts: [{ status: 'failed', failure: { class: 'protocol' } }] }
      : { status, attempts: [{ status }] };
    expect(componentOf(ended.details, id)).toMatchObject(expected);
    const [attempt] = componentOf(ended.details, id).attempts;
    expect(attempt?.failure?.message).not.toContain('could not be ended');
    if (!isOver) expect(componentOf(ended.details, `after-${id}`).status).toBe(nextStatus);
  });
});

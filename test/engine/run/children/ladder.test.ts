import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChildRig, rigChildren } from '../../../harness/run-children.ts';
import { createGatedClock } from '../../../harness/run-clock.ts';
import { isAlive } from '../../../harness/run-processes.ts';

const file = fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url));
const clock = createGatedClock();
let rig: ChildRig;

beforeAll(async () => {
  rig = await rigChildren({ file, clock, spare: 1 });
});
afterAll(() => rig.close());

async function expectNextAttemptWorks(): Promise<void> {
  const next = await rig.attempt('ok');
  expect(next.outcome).toMatchObject({ status: 'success', output: { pid: next.pid } });
}

describe('a component that reaches its timeout', () => {
  test.each(['polite', 'stubborn-success', 'busy', 'deaf', 'stopped', 'waits'])(
    '%s: is dead when the attempt is over, and the next attempt works',
    async (component) => {
      const live = await rig.start(component);
      await live.line(/ready/);
      await clock.expire();
      const outcome = await live.outcome;
      expect(isAlive(live.pid)).toBe(false);
      expect(outcome).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
      await live.finish();
      await expectNextAttemptWorks();
    },
  );

  test.each(['grandchild', 'grandchild-of-busy', 'runaway', 'double-fork', 'forker'])(
    '%s: what it started is dead, too',
    async (component) => {
      const live = await rig.start(component);
      const [, grandchild] = await live.line(/grandchild (\d+)/);
      expect(isAlive(Number(grandchild))).toBe(true);
      await clock.expire();
      const outcome = await live.outcome;
      expect(isAlive(live.pid)).toBe(false);
      expect(isAlive(Number(grandchild))).toBe(false);
      expect(outcome).toMatchObject({ status: 'timed_out', failure: { class: 'timeout' } });
      expect(outcome).not.toHaveProperty('survivorPid');
      await live.finish();
      await expectNextAttemptWorks();
    },
  );
});

describe('a stop of the run', () => {
  test.each([
    ['interrupted', 'interrupted', 'infra'],
    ['cancelled', 'cancelled', 'infra'],
    ['run_timeout', 'timed_out', 'timeout'],
  ] as const)('%s ends a busy component as %s', async (cause, status, failureClass) => {
    const live = await rig.start('busy');
    await live.line(/ready/);
    live.stop(cause);
    const outcome = await live.outcome;
    expect(isAlive(live.pid)).toBe(false);
    expect(outcome).toMatchObject({ status, failure: { class: failureClass } });
    await live.finish();
  });
});

test('in a hurry no rung is waited on', async () => {
  const hurry = new AbortController();
  const live = await rig.start('deaf', { graceMs: 3_600_000, hurry: hurry.signal });
  await live.line(/ready/);
  live.stop('interrupted');
  hurry.abort();
  expect(await live.finish()).toMatchObject({ status: 'interrupted' });
  expect(isAlive(live.pid)).toBe(false);
});

describe('a component that takes its process down', () => {
  test('process.exit breaks the contract', async () => {
    const { outcome, pid } = await rig.attempt('exits');
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'protocol', details: { exitCode: 3 } } });
    expect(outcome).toHaveProperty('failure.hint', expect.stringContaining('process.exit'));
    expect(isAlive(pid)).toBe(false);
    await expectNextAttemptWorks();
  });

  test('process.exit does not leave what was started behind, even before the child is given back', async () => {
    const live = await rig.start('exits-with-grandchild');
    const [, grandchild] = await live.line(/grandchild (\d+)/);
    const outcome = await live.outcome;
    expect(isAlive(Number(grandchild))).toBe(false);
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'protocol', details: { exitCode: 4 } } });
    await live.finish();
  });

  test('a throw leaves nothing that was started behind', async () => {
    const live = await rig.start('throws-with-grandchild');
    const [, grandchild] = await live.line(/grandchild (\d+)/);
    expect(await live.finish()).toMatchObject({ status: 'failed', failure: { class: 'error', message: 'boom' } });
    expect(isAlive(Number(grandchild))).toBe(false);
    expect(isAlive(live.pid)).toBe(false);
  });

  test.each([
    ['stray-throw', 'thrown by nobody'],
    ['stray-rejection', 'rejected by nobody'],
  ])('%s: the failure says what was thrown, and where', async (component, message) => {
    const { outcome, pid } = await rig.attempt(component);
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'error' } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining(message));
    expect(outcome).toHaveProperty('failure.stack', expect.stringContaining('hostile.ts'));
    expect(isAlive(pid)).toBe(false);
    await expectNextAttemptWorks();
  });

  test('running out of memory is told from other deaths', async () => {
    const small = await rigChildren({ file, clock, environment: { NODE_OPTIONS: '--max-old-space-size=48' } });
    try {
      const { outcome, pid } = await small.attempt('out-of-memory');
      expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'oom' } });
      expect(isAlive(pid)).toBe(false);
      expect((await small.attempt('ok')).outcome).toMatchObject({ status: 'success' });
    } finally {
      await small.close();
    }
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGSEGV'] as const)('%s from outside: the attempt is lost', async (signal) => {
    const live = await rig.start('waits');
    await live.line(/ready/);
    process.kill(live.pid, signal);
    expect(await live.finish()).toMatchObject({ status: 'lost', failure: { class: 'lost', details: { signal } } });
    expect(isAlive(live.pid)).toBe(false);
    await expectNextAttemptWorks();
  });

  test('closing its channel ends it: nothing more could be heard of it', async () => {
    const { outcome, pid } = await rig.attempt('disconnects');
    expect(outcome).toMatchObject({ status: 'lost', failure: { class: 'lost' } });
    expect(isAlive(pid)).toBe(false);
  });
});

describe('messages that are none of the engine’s', () => {
  test.each(['says-nothing', 'says-ready', 'says-what-looks-like-ours'])('%s: they harm nobody', async (component) => {
    const { outcome } = await rig.attempt(component);
    expect(outcome).toMatchObject({ status: 'success' });
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../engine/clock/system-clock.ts';
import { createChildPool } from '../../../../engine/run/children/child-pool.ts';
import { livingBearers } from '../../../../engine/run/children/process-table.ts';
import { type Origin, startOrigin } from '../../../harness/origin.ts';
import { type ChildRig, rigChildren } from '../../../harness/run-children.ts';
import { createGatedClock } from '../../../harness/run-clock.ts';
import { isAlive } from '../../../harness/run-processes.ts';

const file = fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url));
const clock = createGatedClock();
const cacheDirectory = mkdtempSync(join(tmpdir(), 'signalbox-bundles-'));
let rig: ChildRig;

beforeEach(async () => {
  rig = await rigChildren({ file, clock, cacheDirectory, keyOf: (component) => (component === 'ok' ? 'ok' : 'other') });
});
afterEach(() => rig.close());
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

test('a child serves one attempt after another of the same key', async () => {
  const first = await rig.attempt('ok');
  const second = await rig.attempt('ok');
  expect(second.pid).toBe(first.pid);
  expect(second.outcome).toMatchObject({ status: 'success', output: { pid: first.pid } });
});

test('a child that has served one key is never given to another', async () => {
  const one = await rig.attempt('ok');
  const other = await rig.attempt('ended-process');
  expect(other.pid).not.toBe(one.pid);
  expect((await rig.attempt('ok')).pid).toBe(one.pid);
});

test('a probe and the attempt after it share a child', async () => {
  expect(await rig.probe('ok')).toEqual({ known: true, evidence: [] });
  const first = await rig.attempt('ok');
  expect((await rig.attempt('ok')).pid).toBe(first.pid);
});

describe('a child is replaced', () => {
  test.each(['throws', 'exits', 'stray-throw', 'leaves-timer'])('after %s', async (component) => {
    const first = await rig.attempt(component);
    expect(isAlive(first.pid)).toBe(false);
    expect((await rig.attempt('ended-process')).pid).not.toBe(first.pid);
  });

  test.each(['leaves-process', 'leaves-process-by-shell'])(
    'after %s, and the process ends with it',
    async (component) => {
      const live = await rig.start(component);
      const [, grandchild] = await live.line(/grandchild (\d+)/);
      expect(await live.finish()).toMatchObject({ status: 'success', output: { pid: live.pid } });
      expect([live.pid, Number(grandchild)].map(isAlive)).toEqual([false, false]);
    },
  );

  test('after a timeout', async () => {
    const live = await rig.start('waits');
    await live.line(/ready/);
    await clock.expire();
    await live.finish();
    expect((await rig.attempt('ended-process')).pid).not.toBe(live.pid);
  });

  test.each([
    ['a hundred attempts', 100, 900],
    ['a tenth as many attempts as a large DAG has components', 102, 1_020],
  ])('after %s', async (_, attempts, most) => {
    const large = await rigChildren({ file, clock, cacheDirectory, most });
    const pids: number[] = [];
    for (let attempt = 1; attempt < attempts; attempt++) pids.push((await large.attempt('ok')).pid);
    const child = large.pool.take('one');
    await large.pool.giveBack(child, 'one');
    pids.push((await large.attempt('ok')).pid);
    expect(new Set(pids)).toEqual(new Set([child.pid]));
    expect((await large.attempt('ok')).pid).not.toBe(child.pid);
    expect(await child.exited).toEqual({ code: 0, signal: null });
    await large.close();
  });

  test('when it died while it rested', async () => {
    const first = await rig.attempt('ok');
    const gone = rig.pool.take('ok');
    await rig.pool.giveBack(gone, 'ok');
    process.kill(first.pid, 'SIGKILL');
    await gone.exited;
    const next = await rig.attempt('ok');
    expect(next.pid).not.toBe(first.pid);
    expect(next.outcome.status).toBe('success');
  });
});

describe('a child is kept', () => {
  let origin: Origin;

  beforeEach(async () => {
    origin = await startOrigin();
    origin.route('/page', { body: 'a page' });
  });
  afterEach(() => origin.close());

  test('after calls through the http client of its context', async () => {
    const network = { kind: 'only', host: origin.host, port: origin.port } as const;
    const first = await rig.attempt('leaves-http', { baseUrl: origin.url, network });
    const second = await rig.attempt('leaves-http', { baseUrl: origin.url, network });
    expect(first.outcome).toMatchObject({ status: 'success', output: { body: 'a page' } });
    expect(second.outcome).toMatchObject({ status: 'success', output: { body: 'a page' } });
    expect(second.pid).toBe(first.pid);
  });

  test('after a program that has ended', async () => {
    const first = await rig.attempt('ended-process');
    expect((await rig.attempt('ended-process')).pid).toBe(first.pid);
  });
});

test('no more blank children are kept ready than components could need', async () => {
  const mark = randomUUID();
  const blank = await rigChildren({ file, clock, cacheDirectory, spare: 3, most: 1, environment: { mark } });
  expect(livingBearers(mark)).toHaveLength(1);
  await blank.attempt('ok');
  expect(livingBearers(mark)).toHaveLength(1);
  await blank.close();
});

describe('close', () => {
  test('leaves no process, blank, at rest or at work', async () => {
    const blank = await rigChildren({ file, clock, cacheDirectory, spare: 2 });
    const { pid: resting } = await blank.attempt('ok');
    const atWork = await blank.start('grandchild-of-busy');
    const [, grandchild] = await atWork.line(/grandchild (\d+)/);
    await blank.close();
    expect([resting, atWork.pid, Number(grandchild)].map(isAlive)).toEqual([false, false, false]);
    expect((await atWork.outcome).status).toBe('lost');
  });

  test('nothing is started any more', async () => {
    await rig.close();
    expect(() => rig.pool.take('ok')).toThrow(/closed/);
  });
});

test('a process that cannot be started is a failure, and nobody is killed for it', async () => {
  const { execPath } = process;
  process.execPath = '/nowhere/node';
  try {
    const live = await rig.start('ok');
    expect(await live.finish()).toMatchObject({
      status: 'failed',
      failure: { class: 'infra', message: expect.stringContaining('could not start a process') },
    });
  } finally {
    process.execPath = execPath;
  }
  expect((await rig.attempt('ok')).outcome.status).toBe('success');
});

test('an entry that is not there ends each attempt with what Node says of it', async () => {
  const pool = createChildPool({
    entry: '/nowhere/child.js',
    bundle: '',
    environment: {},
    spare: 0,
    most: 1,
    clock: systemClock,
  });
  const child = pool.take('ok');
  expect(await child.exited).toEqual({ code: 1, signal: null });
  expect((await child.lastWords).lines.join('\n')).toContain('/nowhere/child.js');
  await pool.close();
});

test('a child gets the few variables it is given, and its secrets with the task', async () => {
  const { outcome } = await rig.attempt('sees-environment', { secrets: { PTV_KEY: 'secret value' } });
  expect(outcome).toMatchObject({
    status: 'success',
    output: { environment: ['PATH', 'SIGNALBOX_CHILD_TOKEN'] },
  });
  expect(outcome).toHaveProperty('output.secrets', { PTV_KEY: 'secret value' });
});

import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../../engine/model/event.ts';
import type { RunStore } from '../../../engine/model/ports.ts';
import { drivable } from '../../harness/run-drivable.ts';
import { openRunRig, type RunRig } from '../../harness/run-rig.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

const typesOf = (events: readonly RunEvent[], id: string) =>
  events.filter((event) => 'component' in event && event.component === id).map(({ type }) => type);

test('events of a component come in the order in which things happened, also when it talks at once', async () => {
  const talker = component({
    id: 'talker',
    isolation: 'inline',
    run: async ({ log, progress }) => {
      log.info('first word');
      progress({ done: 1, total: 2, unit: 'rows' });
      log.warn('last word', { n: 1 });
      return null;
    },
  });
  const quiet = component({ id: 'quiet', isolation: 'inline', dependsOn: { talker }, run: async () => null });
  const live = rig.start(defineDag({ id: 'talk', components: [talker, quiet] }));
  await live.summary;
  expect(typesOf(live.events, 'talker')).toEqual([
    'attempt_started',
    'attempt_logged',
    'attempt_progressed',
    'attempt_logged',
    'attempt_finished',
    'component_finished',
  ]);
  expect(live.events[0]?.type).toBe('run_started');
  expect(live.events.at(-1)).toMatchObject({ type: 'run_finished', status: 'success', counts: { success: 2 } });
  const types = live.events.map((event) => ('component' in event ? `${event.component} ${event.type}` : event.type));
  expect(types.indexOf('talker component_finished')).toBeLessThan(types.indexOf('quiet attempt_started'));
});

test('what an event tells is on record when it is told', async () => {
  const only = component({ id: 'only', isolation: 'inline', run: async () => null });
  const recorded: string[] = [];
  const noted = <Call extends keyof RunStore>(name: Call, call: RunStore[Call]) =>
    (async (request: never) => {
      const answer = await (call as (request: never) => Promise<unknown>)(request);
      recorded.push(name);
      return answer;
    }) as unknown as RunStore[Call];
  const entries = Object.entries(rig.state.runs).map(([name, call]) => [name, noted(name as keyof RunStore, call)]);
  const needs: Record<string, string> = {
    run_started: 'createRun',
    attempt_started: 'startAttempt',
    attempt_finished: 'finishAttempt',
    component_finished: 'finishAttempt',
    run_finished: 'finishRun',
  };
  const missing: string[] = [];
  const emit = ({ type }: RunEvent) => {
    if (!recorded.includes(needs[type] ?? '')) missing.push(type);
  };
  const runs = Object.fromEntries(entries) as unknown as RunStore;
  await rig.run(defineDag({ id: 'on-record', components: [only] }), { ports: { runs, emit } });
  expect(missing).toEqual([]);
});

test('secrets are in no event and in no row', async () => {
  const secret = 'hunter22 & co/é';
  const leaky = component({
    id: 'leaky',
    isolation: 'inline',
    secrets: ['PTV_KEY'],
    retries: 0,
    run: async ({ secrets, log, warn }) => {
      const key = secrets.PTV_KEY ?? '';
      log.info(`asking with ${key}`, { url: `https://host/?key=${encodeURIComponent(key)}` });
      warn({ code: 'leak', message: `leaks ${key}` });
      return { key, [key]: `in a URL ${new URLSearchParams({ key }).toString()}` };
    },
  });
  const thrower = component({
    id: 'thrower',
    isolation: 'inline',
    secrets: ['PTV_KEY'],
    retries: 0,
    run: async ({ secrets }) => {
      throw new Error(`refused: ${secrets.PTV_KEY}`, { cause: new Error(`cause ${secrets.PTV_KEY}`) });
    },
  });
  const live = rig.start(defineDag({ id: 'leaks', components: [leaky, thrower] }), { secrets: { PTV_KEY: secret } });
  const summary = await live.summary;
  expect(summary.components.map(({ status }) => status)).toEqual(['success', 'failed']);
  const said = JSON.stringify([live.events, summary, await rig.details(summary)]);
  expect(said).toContain('asking with ***');
  expect(said).toContain('refused: ***: cause ***');
  for (const spelt of ['hunter22', encodeURIComponent(secret)]) expect(said).not.toContain(spelt);
});

test('what a source gives as its validator hides secrets, and is still the same the next time', async () => {
  const probing = component({
    id: 'probing',
    isolation: 'inline',
    secrets: ['PTV_KEY'],
    sources: ({ secrets }) => [
      { kind: 'custom', id: 'release', probe: async () => ({ asked: `?key=${secrets.PTV_KEY}` }) },
    ],
    run: async () => null,
  });
  const dag = defineDag({ id: 'leaky-probe', components: [probing] });
  for (const reason of ['first_run', 'inputs_unchanged']) {
    const summary = await rig.run(dag, { secrets: { PTV_KEY: 'hunter22' } });
    expect(summary.components[0]?.reason).toBe(reason);
    const stored = await rig.state.memory.lastSuccesses({ environment: summary.environment, dag: dag.id });
    expect(stored.get('probing')?.evidence[0]?.validator).toEqual({ asked: '?key=***' });
    expect(JSON.stringify(await rig.details(summary))).not.toContain('hunter22');
  }
});

test('a secret that is a word of the engine’s own harms nothing', async () => {
  const only = component({ id: 'only', isolation: 'inline', secrets: ['KEY'], run: async () => 'a success' });
  const words = ['success', 'status', 'info', 'error', 'source'];
  for (const word of words) {
    const summary = await rig.run(defineDag({ id: 'words', components: [only] }), { secrets: { KEY: word } });
    expect(summary.status).toBe('success');
  }
});

test('when the state is out of reach the run throws, and what was at work is stopped', async () => {
  const broken = drivable('broken');
  const atWork = drivable('at-work');
  const dag = defineDag({ id: 'out-of-reach', components: [broken.handle, atWork.handle] });
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  const finishAttempt = () => Promise.reject(new Error('the database is away'));
  const live = rig.start(dag, { ports: { runs: { ...rig.state.runs, finishAttempt } } });
  const ended = expect(live.summary).rejects.toThrow('the database is away');
  const busy = await atWork.next();
  (await broken.next()).succeed();
  await ended;
  expect(busy.context.signal.aborted).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

test('a start that cannot be recorded is no unhandled rejection while the work still goes on', async () => {
  const only = drivable('only');
  const unhandled: unknown[] = [];
  const onUnhandled = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', onUnhandled);
  const startAttempt = () => Promise.reject(new Error('the database is away'));
  const live = rig.start(defineDag({ id: 'no-start', components: [only.handle] }), {
    ports: { runs: { ...rig.state.runs, startAttempt } },
  });
  const ended = expect(live.summary).rejects.toThrow('the database is away');
  const busy = await only.next();
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  busy.succeed();
  await ended;
  process.off('unhandledRejection', onUnhandled);
  expect(unhandled).toEqual([]);
});

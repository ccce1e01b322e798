import { component, type Dag, defineDag, priority, quota } from 'signalbox';
import { describe, expect, it } from 'vitest';
import type { ComponentPast, Simulation, SimulationInput } from '../../../engine/model/simulation.ts';
import { simulate } from '../../../engine/simulate/simulate.ts';

const minute = 60_000;
const hour = 60 * minute;

function future(
  dag: Dag,
  past: Record<string, Partial<ComponentPast>> = {},
  input: Partial<SimulationInput> = {},
): Simulation {
  return simulate({
    dag,
    environment: 'prd',
    from: new Date('2026-03-01T00:00:00Z'),
    to: new Date('2026-03-02T00:00:00Z'),
    concurrency: 4,
    timeoutMs: 2 * hour,
    componentTimeoutMs: 30 * minute,
    past: new Map(Object.entries(past).map(([id, of]) => [id, { wallMs: minute, calls: 0, changedShare: 1, ...of }])),
    lastSuccesses: new Map(),
    ...input,
  });
}

const node = (id: string, more: object = {}) => component({ id, run: async () => id, ...more });
const sourced = (id: string, more: object = {}) => node(id, { sources: () => [], ...more });

const verdictsOf = (simulation: Simulation, id: string) =>
  simulation.components.find(({ component: of }) => of === id)?.verdicts;

describe('simulate', () => {
  it('makes a run for each slot of the DAG, and runs components when they are due', () => {
    const dag = defineDag({
      id: 'hourly',
      schedule: '0 * * * *',
      components: [node('each'), node('daily', { frequency: 'daily' })],
    });
    const simulation = future(dag, { each: {}, daily: {} });
    expect(simulation.runs).toHaveLength(24);
    expect(verdictsOf(simulation, 'each')).toEqual({ run: 24 });
    // Never succeeded at 01:00, then its own slot at midnight.
    expect(verdictsOf(simulation, 'daily')).toEqual({ run: 2, skip: 22 });
    expect(simulation.findings).toEqual([]);
  });

  it('ends what takes no whole number of milliseconds as a success', () => {
    const dag = defineDag({
      id: 'odd',
      schedule: '0 * * * *',
      components: [node('first'), node('daily', { frequency: 'daily' })],
    });
    const simulation = future(dag, { first: { wallMs: 1_234.567_8 }, daily: { wallMs: 987.654_3 } });
    expect(verdictsOf(simulation, 'daily')).toEqual({ run: 2, skip: 22 });
  });

  it('lets a downstream be unchanged when its upstream is', () => {
    const feed = sourced('feed');
    const dag = defineDag({
      id: 'feeds',
      schedule: '0 * * * *',
      components: [feed, node('stops', { dependsOn: { feed } })],
    });
    const simulation = future(dag, { feed: { changedShare: 0.25 }, stops: {} });
    expect(verdictsOf(simulation, 'feed')).toEqual({ run: 6, unchanged: 18 });
    expect(verdictsOf(simulation, 'stops')).toEqual({ run: 6, unchanged: 18 });
  });

  it('holds the places of the run and of a group, and gives them to the longest path first', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((id) => node(id, { group: 'few' }));
    const last = node('last', { dependsOn: { c } });
    const dag = defineDag({
      id: 'places',
      schedule: '0 0 * * *',
      groups: { few: { concurrency: 1 } },
      components: [a, b, c, last].map((handle) => handle as ReturnType<typeof node>),
    });
    const { runs } = future(dag, { a: {}, b: {}, c: {}, last: { wallMs: 10 * minute } });
    const [run] = runs;
    const started = run?.components.toSorted((left, right) => left.start.getTime() - right.start.getTime());
    expect(started?.map(({ component: id }) => id)[0]).toBe('c');
    expect(run?.peak).toBe(2);
    expect((run?.end.getTime() ?? 0) - (run?.slot.getTime() ?? 0)).toBe(11 * minute);
  });

  it('finds what takes longer than its timeout, and what fails after it', () => {
    const slow = node('slow', { timeout: '5m' });
    const dag = defineDag({
      id: 'slow',
      schedule: '0 0 * * *',
      components: [slow, node('after', { dependsOn: { slow } })],
    });
    const { runs, findings } = future(dag, { slow: { wallMs: 6 * minute }, after: {} });
    expect(runs[0]?.components).toMatchObject([
      { component: 'slow', timedOut: true },
      { component: 'after', verdict: 'blocked', reason: 'upstream_failed' },
    ]);
    expect(findings).toMatchObject([{ kind: 'component_timeout', subject: 'slow', count: 1 }]);
  });

  it('finds runs that take longer than the timeout of the DAG, and runs that overlap', () => {
    const dag = defineDag({ id: 'long', schedule: '*/10 * * * *', timeout: '15m', components: [node('only')] });
    const simulation = future(dag, { only: { wallMs: 12 * minute } }, { timeoutMs: 15 * minute });
    const kinds = new Set(simulation.findings.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['overlap', 'run_timeout']));
  });

  it('finds when calls run out, and goes on in the next window', () => {
    const few = quota('few', { limit: 10, per: 'day', reserve: 3 });
    const dag = defineDag({
      id: 'calls',
      schedule: '0 * * * *',
      components: [sourced('usual', { quota: few }), sourced('urgent', { quota: priority(few) })],
    });
    const to = new Date('2026-03-03T00:00:00Z');
    const simulation = future(dag, { usual: { calls: 1 }, urgent: { calls: 1 } }, { to });
    const [found] = simulation.findings;
    expect(found).toMatchObject({ kind: 'quota_exhausted', subject: 'few' });
    const byDay = (day: string) =>
      simulation.runs
        .filter(({ slot }) => slot.toISOString().startsWith(day))
        .flatMap(({ components }) => components.filter(({ verdict }) => verdict === 'run')).length;
    expect([byDay('2026-03-01'), byDay('2026-03-02')]).toEqual([10, 10]);
  });

  it('tells what a change of the clocks does to slots', () => {
    const dag = defineDag({
      id: 'clocks',
      timezone: 'Europe/Paris',
      schedule: '0 * * * *',
      components: [node('night', { cron: '30 2 * * *' })],
    });
    const span = { from: new Date('2026-03-28T00:00:00Z'), to: new Date('2026-03-31T00:00:00Z') };
    const { findings, runs } = future(dag, { night: {} }, span);
    expect(runs).toHaveLength(72);
    expect(findings.map(({ kind }) => kind)).toEqual(['clock_change', 'clock_change']);
    expect(findings[0]?.message).toMatch(/^clocks go forward by 60 minutes: /);
  });

  it('says where a duration is not known', () => {
    const dag = defineDag({ id: 'new', schedule: '0 0 * * *', components: [node('fresh', { timeout: '7m' })] });
    const { components, runs } = future(dag);
    expect(components).toMatchObject([{ duration: 'timeout', workMs: 7 * minute }]);
    expect(runs).toHaveLength(1);
  });
});

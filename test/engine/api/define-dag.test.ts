import { component, defineDag, describeDag, isDag, optional } from 'signalbox';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';

const run = async () => ({ trips: 3 });
const output = z.object({ trips: z.number().int() });
const schedule = component({ id: 'gtfs-schedule', output, run });
const discovery = component({ id: 'discovery', command: ['node', '--version'], frequency: { every: '90m' } });
const reader = component({
  id: 'reader',
  dependsOn: { schedule, packages: optional(discovery) },
  rule: 'none_failed',
  timeout: '5m',
  retries: 2,
  group: 'ckan',
  params: { packages: ['a', 'b'] },
  secrets: ['CKAN_KEY'],
  baseUrl: 'https://example.org/api',
  sandbox: { name: 'ckan', layout: ['*.csv'], open: async () => Promise.reject(new Error('not opened here')) },
  sources: () => [],
  run: async () => undefined,
});

const dag = defineDag({
  id: 'transit',
  timezone: 'Australia/Melbourne',
  schedule: '0 * * * *',
  timeout: '120m',
  groups: { ckan: { concurrency: 2 } },
  components: [reader, schedule, discovery],
});

describe('defineDag', () => {
  test('puts every component after its upstreams and parses what was written', () => {
    expect(dag.components.map(({ id }) => id)).toEqual(['gtfs-schedule', 'discovery', 'reader']);
    expect(dag).toMatchObject({ id: 'transit', timezone: 'Australia/Melbourne', timeoutMs: 7_200_000 });
    expect(dag.components[2]).toMatchObject({
      dependsOn: [
        { name: 'schedule', component: 'gtfs-schedule', optional: false },
        { name: 'packages', component: 'discovery', optional: true },
      ],
      timeoutMs: 300_000,
      retries: { max: 2 },
    });
    expect(dag.components[1]).toMatchObject({ command: ['node', '--version'], frequency: { every: 5_400_000 } });
  });

  test('leaves out what the environment decides and fills in the rest', () => {
    const { output: schema, run: body, ...rest } = dag.components[0] as (typeof dag.components)[number];
    expect(rest).toStrictEqual({
      id: 'gtfs-schedule',
      version: '1',
      dependsOn: [],
      rule: 'all_success',
      enabled: true,
      isolation: 'process',
      params: {},
      secrets: [],
    });
    expect(schema).toBe(output);
    expect(body).toBe(run);
    expect(Object.keys(dag)).not.toContain('concurrency');
  });

  test('says of retries only what was written: the environment decides the rest', () => {
    const slow = component({ id: 'slow', retries: { max: 1, delay: '10m' }, run });
    expect(defineDag({ id: 'd', components: [slow] }).components[0]?.retries).toEqual({ max: 1, delayMs: 600_000 });
  });

  test('options that are explicitly undefined count as left out', () => {
    const loose = component({ id: 'loose', run, timeout: undefined, group: undefined } as never);
    expect(defineDag({ id: 'd', components: [loose] }).components[0]).not.toHaveProperty('timeoutMs');
  });

  test('freezes the data, not what belongs to the author', () => {
    const frozen = [dag, dag.components, dag.groups, dag.groups.ckan, dag.components[2]];
    const third = dag.components[2];
    frozen.push(third?.dependsOn as never, third?.params as never, third?.params.packages as never);
    expect(frozen.map((value) => Object.isFrozen(value))).toEqual(frozen.map(() => true));
    expect([output, run, third?.sandbox].map((value) => Object.isFrozen(value))).toEqual([false, false, false]);
  });

  test('the DAG is out of reach of later changes of the definition', () => {
    const params = { limit: 1 };
    const copied = defineDag({ id: 'd', components: [component({ id: 'c', params, run })] });
    params.limit = 2;
    expect(copied.components[0]?.params).toEqual({ limit: 1 });
  });

  test('a component without an output schema may return any JSON or nothing', () => {
    const schema = dag.components[1]?.output;
    expect(schema?.parse(undefined)).toBeNull();
    expect(schema?.parse({ a: [1, 'x'] })).toEqual({ a: [1, 'x'] });
    expect(schema?.safeParse(new Date(0)).success).toBe(false);
  });

  test('one handle may serve two DAGs', () => {
    const ids = ['one', 'two'].map((id) => defineDag({ id, components: [schedule] }).components[0]?.id);
    expect(ids).toEqual(['gtfs-schedule', 'gtfs-schedule']);
  });

  test('ten thousand in a chain, written back to front, are put in order', () => {
    const chain = [component({ id: 'c0', run })];
    for (let index = 1; index < 10_000; index++) {
      chain.push(component({ id: `c${index}`, dependsOn: { up: chain[index - 1] as typeof schedule }, run }));
    }
    const ordered = defineDag({ id: 'chain', components: chain.toReversed() });
    expect(ordered.components.at(-1)?.id).toBe('c9999');
  });
});

describe('isDag', () => {
  test('knows a DAG of another copy of this module', async () => {
    vi.resetModules();
    const other = await import('signalbox');
    expect(other.defineDag).not.toBe(defineDag);
    expect(isDag(dag)).toBe(true);
    expect(isDag(other.defineDag({ id: 'd', components: [schedule] }))).toBe(true);
    expect([undefined, null, 1, {}, { ...dag }].map(isDag)).toEqual([false, false, false, false, false]);
  });
});

describe('describeDag', () => {
  const described = describeDag(dag);

  test('is JSON with everything but functions', () => {
    expect(JSON.parse(JSON.stringify(described))).toEqual(described);
    expect(described).toMatchObject({
      id: 'transit',
      schedule: '0 * * * *',
      components: [
        { id: 'gtfs-schedule', body: 'function', output: { properties: { trips: { type: 'integer' } } } },
        { id: 'discovery', body: 'command', command: ['node', '--version'] },
        { id: 'reader', declaresSources: true, sandbox: { name: 'ckan', layout: ['*.csv'] } },
      ],
    });
  });

  test('is the same text for the same DAG', () => {
    const again = defineDag({ id: 'd', components: [schedule, discovery] });
    const twice = defineDag({ id: 'd', components: [schedule, discovery] });
    expect(JSON.stringify(describeDag(again))).toBe(JSON.stringify(describeDag(twice)));
  });

  test('a schema that JSON Schema cannot say is described as far as it goes', () => {
    const odd = component({
      id: 'odd',
      output: z.object({ at: z.date(), n: z.bigint() }),
      run: async () => undefined as never,
    });
    const [only] = describeDag(defineDag({ id: 'd', components: [odd] })).components as { output: object }[];
    expect(only?.output).toMatchObject({ type: 'object', required: ['at', 'n'] });
  });
});

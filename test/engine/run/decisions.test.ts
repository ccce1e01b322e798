import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, defineDag, type JsonObject } from 'signalbox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import {
  componentOf,
  openRunRig,
  type RigRunOptions,
  type RunRig,
  reasonsOf,
  statusesOf,
} from '../../harness/run-rig.ts';

let rig: RunRig;
let origin: Origin;

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startOrigin();
});
afterAll(async () => {
  await rig.close();
  await origin.close();
});

/** What the source says now, and what the component makes of it. */
const source = { body: 'first', etag: '"1"', status: 200 };
const world = { fails: false, says: (text: string): unknown => text.length };

beforeEach(() => {
  Object.assign(source, { body: 'first', etag: '"1"', status: 200 });
  Object.assign(world, { fails: false, says: (text: string) => text.length });
  origin.route('/feed', ({ headers }) => {
    if (source.status !== 200) return { status: source.status };
    if (source.etag !== '' && headers['if-none-match'] === source.etag) return { status: 304 };
    return { body: source.body, headers: source.etag === '' ? {} : { etag: source.etag } };
  });
});

let number = 0;

/** `feed` reads a source and publishes a table; `report` is made from feed's output; `blind` declares nothing. */
function dagOf(
  changes: { readonly version?: string; readonly params?: JsonObject; readonly enabled?: boolean; id?: string } = {},
) {
  const { id = `decisions-${number}`, ...definition } = changes;
  const dataset = `feed_rows_${number}`;
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    ...definition,
    sources: ({ baseUrl }) => [{ kind: 'http', id: 'feed', request: { url: `${baseUrl}/feed` } }],
    run: async (context) => {
      const { parts } = await context.source('feed');
      const sql = await context.sql();
      await sql.stage(dataset, `SELECT content FROM read_text('${parts[0]?.path}')`);
      if (world.fails) throw new Error('cannot be imported');
      return { says: world.says(source.body) };
    },
  });
  const report = component({
    id: 'report',
    isolation: 'inline',
    dependsOn: { feed },
    run: async ({ inputs }) => ({ of: inputs.feed as string }),
  });
  const blind = component({ id: 'blind', isolation: 'inline', run: async () => null });
  return defineDag({ id, components: [feed, report, blind] });
}

const run = (dag: ReturnType<typeof dagOf>, options: RigRunOptions = {}) => {
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  return rig.run(dag, { origin: { baseUrl: origin.url, network }, ...options });
};

beforeEach(() => {
  number += 1;
});

test('the first run runs everything, the second what nobody can vouch for', async () => {
  const dag = dagOf();
  const first = await run(dag);
  expect(reasonsOf(first)).toEqual({ feed: 'first_run', report: 'first_run', blind: 'first_run' });
  const second = await run(dag);
  expect(statusesOf(second)).toEqual({ feed: 'unchanged', report: 'unchanged', blind: 'success' });
  expect(reasonsOf(second)).toMatchObject({ feed: 'inputs_unchanged', blind: 'undeclared_input' });
  expect(second.status).toBe('success');
});

test('every decision is a row, with the checks in order, the last of which decided', async () => {
  const dag = dagOf();
  await run(dag);
  source.body = 'second';
  source.etag = '"2"';
  const summary = await run(dag);
  const details = await rig.details(summary);
  const { decision } = componentOf(details, 'feed');
  expect(decision).toMatchObject({ verdict: 'run', reason: 'source_changed' });
  const checks = decision?.checks ?? [];
  expect(checks.map(({ check }) => check)).toEqual([
    'enabled',
    'selected',
    'due',
    'upstreams',
    'quota',
    'forced',
    'first_run',
    'declared_input',
    'output_present',
    'definition',
    'upstream_outputs',
    'source',
  ]);
  expect(checks.map(({ result }) => result)).toEqual([...Array.from({ length: 11 }, () => 'passed'), 'decided']);
  expect(checks.at(-1)?.because).toMatch(/feed \([0-9a-f]{12} → [0-9a-f]{12}\) changed/);
  for (const { component: id, decision: own } of details.components)
    expect([id, own?.reason]).toEqual([id, reasonsOf(summary)[id]]);
});

test('the same content under another validator is unchanged, and its validator is asked with next time', async () => {
  const dag = dagOf();
  await run(dag);
  source.etag = '"2"';
  expect(statusesOf(await run(dag)).feed).toBe('unchanged');
  const before = origin.requests.length;
  expect(statusesOf(await run(dag)).feed).toBe('unchanged');
  expect(origin.requests.slice(before).map(({ headers }) => headers['if-none-match'])).toEqual(['"2"']);
});

test('the body that the probe brought is not asked for again', async () => {
  const dag = dagOf();
  await run(dag);
  source.body = 'second';
  source.etag = '"2"';
  const before = origin.requests.length;
  expect(reasonsOf(await run(dag)).feed).toBe('source_changed');
  expect(origin.requests.length - before).toBe(1);
});

test('a source that cannot be asked is no source that has not changed', async () => {
  const dag = dagOf();
  await run(dag);
  source.status = 404;
  const summary = await run(dag);
  expect(reasonsOf(summary)).toMatchObject({ feed: 'source', report: 'upstream_failed' });
  const details = await rig.details(summary);
  expect(componentOf(details, 'feed').decision).toMatchObject({ reason: 'probe_unknown' });
  expect(componentOf(details, 'report')).toMatchObject({ status: 'upstream_failed', decision: { verdict: 'blocked' } });
});

test('a forced run runs everything, and asks without validators', async () => {
  const dag = dagOf();
  await run(dag);
  const before = origin.requests.length;
  const forced = await run(dag, { forced: true });
  expect(reasonsOf(forced)).toEqual({ feed: 'forced', report: 'forced', blind: 'forced' });
  expect(origin.requests.slice(before).map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
});

test.each(['gone', 'cut short'])('a published file that is %s is made again, without validators', async (harm) => {
  const dag = dagOf();
  const { components } = await run(dag);
  const path = join(rig.storageRoot, components[0]?.datasets[0]?.path ?? '');
  if (harm === 'gone') rmSync(path);
  else writeFileSync(path, 'short');
  const before = origin.requests.length;
  const summary = await run(dag);
  expect(reasonsOf(summary)).toMatchObject({ feed: 'output_missing', report: 'inputs_unchanged' });
  expect(origin.requests.slice(before).map(({ headers }) => headers['if-none-match'])).toEqual([undefined]);
  expect(reasonsOf(await run(dag)).feed).toBe('inputs_unchanged');
});

test.each([{ version: '2' }, { params: { limit: 5 } }])('%j is another definition', async (changes) => {
  const id = `definition-${number}`;
  await run(dagOf({ id }));
  expect(reasonsOf(await run(dagOf({ id, ...changes }))).feed).toBe('definition_changed');
  expect(reasonsOf(await run(dagOf({ id, ...changes }))).feed).toBe('inputs_unchanged');
});

describe('downstream', () => {
  test('runs when the output of its upstream changed', async () => {
    const dag = dagOf();
    await run(dag);
    Object.assign(source, { body: 'another length', etag: '"2"' });
    expect(reasonsOf(await run(dag))).toMatchObject({ feed: 'source_changed', report: 'upstream_changed' });
  });

  test('is cut off early when its upstream ran and made the same', async () => {
    const dag = dagOf();
    await run(dag);
    const forced = await run(dag, { forced: true, components: ['feed'] });
    expect(reasonsOf(forced)).toEqual({ feed: 'forced', report: 'not_selected', blind: 'not_selected' });
    const after = await run(dag);
    expect(reasonsOf(after)).toMatchObject({ feed: 'inputs_unchanged', report: 'inputs_unchanged' });
  });

  test('is built from the last success of an upstream that was not asked for', async () => {
    const dag = dagOf();
    await run(dag);
    const summary = await run(dag, { components: ['report'], forced: true });
    expect(statusesOf(summary)).toEqual({ feed: 'skipped', report: 'success', blind: 'skipped' });
    expect(summary.components[1]?.published?.output).toEqual({ of: { says: 5 } });
  });

  test('is blocked by one that never succeeded, and told how to mend that', async () => {
    const dag = dagOf();
    const summary = await run(dag, { components: ['report'] });
    expect(summary.status).toBe('failed');
    expect(reasonsOf(summary)).toMatchObject({ report: 'upstream_never_succeeded' });
    const decision = componentOf(await rig.details(summary), 'report').decision;
    expect(decision?.checks.at(-1)?.because).toContain(
      `node engine run --dag ${dag.id} --env sandbox --component feed`,
    );
  });

  test('is built from the last success of one that is disabled', async () => {
    const id = `disabled-${number}`;
    await run(dagOf({ id }));
    const summary = await run(dagOf({ id, enabled: false }), { forced: true });
    expect(statusesOf(summary)).toMatchObject({ feed: 'skipped', report: 'success' });
    expect(reasonsOf(summary)).toMatchObject({ feed: 'disabled' });
  });
});

test('a failed import is tried again, from the evidence of the last success', async () => {
  const dag = dagOf();
  await run(dag);
  Object.assign(source, { body: 'second', etag: '"2"' });
  world.fails = true;
  expect(statusesOf(await run(dag))).toMatchObject({ feed: 'failed', report: 'upstream_failed' });
  world.fails = false;
  const before = origin.requests.length;
  expect(reasonsOf(await run(dag))).toMatchObject({ feed: 'source_changed' });
  expect(origin.requests[before]?.headers['if-none-match']).toBe('"1"');
  expect(reasonsOf(await run(dag))).toMatchObject({ feed: 'inputs_unchanged', report: 'inputs_unchanged' });
});

test('what has no origin fails before any call, with its decision', async () => {
  const dag = dagOf();
  await run(dag);
  const before = origin.requests.length;
  const failure = { class: 'source', message: 'no sandbox data for feed', retryable: false } as const;
  for (const _ of ['a first time', 'a second time']) {
    const summary = await run(dag, {
      ports: {
        originOf: ({ id }) =>
          id === 'feed' ? failure : { baseUrl: '', network: { kind: 'only', host: '127.0.0.1', port: 1 } },
      },
    });
    const row = componentOf(await rig.details(summary), 'feed');
    expect(row).toMatchObject({ status: 'failed', reason: 'no_origin', failure, decision: { verdict: 'run' } });
  }
  expect(origin.requests).toHaveLength(before);
});

test('an upstream that was skipped on a condition hands nothing of its past on', async () => {
  const open = { isMet: true };
  const gate = component({
    id: 'gate',
    isolation: 'inline',
    run: async () => (open.isMet ? null : Promise.reject(new Error('closed'))),
  });
  const onFailure = component({
    id: 'on-failure',
    isolation: 'inline',
    dependsOn: { gate },
    rule: 'one_failed',
    run: async () => 'alarm',
  });
  const always = component({
    id: 'always',
    isolation: 'inline',
    dependsOn: { onFailure },
    rule: 'all_done',
    run: async ({ inputs }) => ({ heard: inputs.onFailure ?? 'nothing' }),
  });
  const dag = defineDag({ id: `condition-${number}`, components: [gate, onFailure, always] });
  open.isMet = false;
  expect((await run(dag)).components[2]?.published?.output).toEqual({ heard: 'alarm' });
  open.isMet = true;
  const summary = await run(dag);
  expect(statusesOf(summary)).toEqual({ gate: 'success', 'on-failure': 'skipped', always: 'success' });
  expect(summary.components[2]?.published?.output).toEqual({ heard: 'nothing' });
});

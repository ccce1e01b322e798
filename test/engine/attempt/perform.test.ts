import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentContext, component, defineDag, type Json, optional } from 'signalbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { rigComponent } from '../../harness/run-component.ts';

let folder: string;
let origin: Origin;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-perform-'));
  origin = await startOrigin();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await origin.close();
});

function rigRun(run: (context: ComponentContext) => Promise<unknown>) {
  const only = component({ id: 'only', run: async (context) => run(context as ComponentContext) });
  return rigComponent(defineDag({ id: 'alone', components: [only] }), 'only', { folder });
}

describe('what a component returns', () => {
  test.each([
    [undefined, null],
    [null, null],
    [
      { rows: 3, name: 'a', list: [1, null] },
      { rows: 3, name: 'a', list: [1, null] },
    ],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [{ kept: 1, left: undefined }, { kept: 1 }],
  ])('%j is stored as %j', async (value, stored) => {
    expect(await rigRun(async () => value).attempt()).toMatchObject({ status: 'success', output: stored });
  });

  test.each([10n, () => 1, Symbol('x')])('%s is no JSON, and trying again will not help', async (value) => {
    expect(await rigRun(async () => value).attempt()).toMatchObject({ status: 'failed', failure: { class: 'output' } });
  });

  test('is small: data belong in datasets', async () => {
    const outcome = await rigRun(async () => ({ text: 'x'.repeat(5_000_000) })).attempt();
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'output' } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('at most 4,194,304 characters'));
  });

  test('a circle is no JSON', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    const outcome = await rigRun(async () => circle).attempt();
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'output' } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('circular'));
  });
});

describe('inputs', () => {
  const upstream = component({
    id: 'upstream',
    output: z.object({ files: z.int(), at: z.coerce.date().optional() }),
    run: async () => ({ files: 1 }),
  });
  const reader = component({
    id: 'reader',
    dependsOn: { feed: upstream },
    run: async ({ inputs }) => ({ files: inputs.feed.files, isDate: inputs.feed.at instanceof Date }),
  });
  const careful = component({
    id: 'careful',
    dependsOn: { feed: optional(upstream) },
    run: async ({ inputs }) => ({ isThere: inputs.feed !== undefined }),
  });
  const dag = defineDag({ id: 'inputs', components: [upstream, reader, careful] });

  const attempt = (id: string, inputs: Record<string, Json>) => rigComponent(dag, id, { folder, inputs }).attempt();

  test('are read with the schema of the upstream', async () => {
    const outcome = await attempt('reader', { feed: { files: 2, at: '2026-03-01T00:00:00Z' } });
    expect(outcome).toMatchObject({ status: 'success', output: { files: 2, isDate: true } });
  });

  test('that do not fit today’s schema fail before the component runs, and say what to do', async () => {
    const outcome = await attempt('reader', { feed: { files: 'two' } });
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'output' } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('upstream'));
    expect(outcome).toHaveProperty('failure.hint', expect.stringContaining('--force'));
  });

  test('that are not there are undefined', async () => {
    expect(await attempt('careful', {})).toMatchObject({ output: { isThere: false } });
    expect(await attempt('careful', { feed: { files: 1 } })).toMatchObject({ output: { isThere: true } });
  });
});

describe('quarantine', () => {
  test('keeps each record in a file, counts all and shows the first few', async () => {
    const rig = rigRun(async ({ files }) => {
      for (let line = 1; line <= 7; line++) {
        await files.quarantine({ dataset: 'stops', file: 'stops.txt', line, reason: 'short', raw: `row ${line}` });
      }
    });
    const outcome = await rig.attempt();
    expect(outcome).toMatchObject({ status: 'success', quarantine: { records: 7 } });
    if (outcome.status !== 'success') return;
    expect(outcome.quarantine.first.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    const lines = readFileSync(join(rig.quarantine, outcome.quarantine.file ?? ''), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { raw: string }).raw)).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((n) => `row ${n}`),
    );
  });

  test('cuts what it shows of a long record, and keeps all of it in the file', async () => {
    const raw = 'x'.repeat(100_000);
    const rig = rigRun(({ files }) => files.quarantine({ dataset: 'stops', file: 'stops.txt', reason: 'open', raw }));
    const outcome = await rig.attempt();
    expect(outcome).toHaveProperty('quarantine.first.0.raw', `${raw.slice(0, 1_000)}…`);
    const file = outcome.status === 'success' ? outcome.quarantine.file : undefined;
    expect(readFileSync(join(rig.quarantine, file ?? ''), 'utf8')).toContain(raw);
  });

  test('makes no file for nothing', async () => {
    const outcome = await rigRun(async () => null).attempt();
    expect(outcome).toMatchObject({ quarantine: { records: 0, first: [] } });
    expect(outcome).not.toHaveProperty('quarantine.file');
  });

  test('that cannot be written is the disk’s trouble', async () => {
    const blocked = mkdtempSync(join(folder, 'blocked-'));
    writeFileSync(join(blocked, 'quarantine'), 'a file where the folder should be');
    const only = component({
      id: 'only',
      run: ({ files }) => files.quarantine({ dataset: 'a', file: 'a', reason: 'b', raw: 'c' }),
    });
    const rig = rigComponent(defineDag({ id: 'alone', components: [only] }), 'only', { folder: blocked });
    expect(await rig.attempt()).toMatchObject({ status: 'failed', failure: { class: 'infra' } });
  });

  test('that could not be opened fails the attempt even if the component does not listen', async () => {
    const { attempt, quarantine } = rigRun(async ({ files }) => {
      mkdirSync(quarantine, { recursive: true });
      const isRefused = await files
        .quarantine({ dataset: 'a', file: 'a', reason: 'b', raw: 10n as never })
        .catch(() => 'refused');
      return isRefused;
    });
    expect(await attempt()).toMatchObject({ status: 'success', output: 'refused', quarantine: { records: 0 } });
  });
});

describe('the meter', () => {
  test('counts calls and bytes of the http client, and measures time', async () => {
    origin.route('/page', { body: 'x'.repeat(1_000) });
    const only = component({
      id: 'only',
      run: async ({ http, baseUrl }) => {
        await http.text({ url: `${baseUrl}/page` });
        await http.text({ url: `${baseUrl}/page` });
      },
    });
    const dag = defineDag({ id: 'alone', components: [only] });
    const { metrics } = await rigComponent(dag, 'only', { folder, baseUrl: origin.url }).attempt();
    expect(metrics.calls).toBe(2);
    expect(metrics.bytesIn).toBeGreaterThanOrEqual(2_000);
    expect(metrics.wallMs).toBeGreaterThan(0);
  });

  test('says nothing of CPU and memory where they are shared', async () => {
    const { metrics } = await rigRun(async () => null).attempt();
    expect(metrics).not.toHaveProperty('cpuMs');
    expect(metrics).not.toHaveProperty('peakRssBytes');
  });
});

describe('folders', () => {
  test('scratch is gone after the attempt, however it ended', async () => {
    for (const end of [async () => null, async () => Promise.reject(new Error('boom'))]) {
      let scratch = '';
      await rigRun(async ({ files }) => {
        scratch = files.scratch;
        writeFileSync(join(scratch, 'half'), 'done');
        return end();
      }).attempt();
      expect(scratch).not.toBe('');
      expect(existsSync(scratch)).toBe(false);
    }
  });

  test('none is made for a component that touches none', async () => {
    const bare = mkdtempSync(join(folder, 'bare-'));
    const only = component({ id: 'only', run: async () => null });
    await rigComponent(defineDag({ id: 'alone', components: [only] }), 'only', { folder: bare }).attempt();
    for (const name of ['landing', 'staging', 'scratch', 'quarantine'])
      expect(existsSync(join(bare, name))).toBe(false);
  });
});

test('a source that was not declared is named, with those that were', async () => {
  const outcome = await rigRun(({ source }) => source('feed')).attempt();
  expect(outcome).toHaveProperty('failure.message', expect.stringContaining('`feed`'));
});

test('warnings are handed in and logged', async () => {
  const rig = rigRun(async ({ warn }) => warn({ code: 'short_rows', message: '13 short rows', count: 13 }));
  expect(await rig.attempt()).toMatchObject({
    warnings: [{ code: 'short_rows', message: '13 short rows', count: 13 }],
  });
  expect(rig.logs).toContainEqual({ level: 'warn', message: '13 short rows', fields: { code: 'short_rows' } });
});

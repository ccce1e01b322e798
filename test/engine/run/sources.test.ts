import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { component, defineDag, type Source } from 'signalbox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DecisionCheck } from '../../../engine/model/decision.ts';
import type { RunSummary } from '../../../engine/model/summary.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { openRunRig, type RigRunOptions, type RunRig, reasonsOf, statusesOf } from '../../harness/run-rig.ts';

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

let number = 0;
const served = { body: 'first', etag: '"1"' };
const world = { fails: false };

beforeEach(() => {
  number += 1;
  Object.assign(served, { body: 'first', etag: '"1"' });
  world.fails = false;
  origin.route('/feed', ({ headers }) =>
    headers['if-none-match'] === served.etag ? { status: 304 } : { body: served.body, headers: { etag: served.etag } },
  );
});

/** `feed` publishes the text of its source; `report` is made from that. */
function dagOf(sources: readonly Source[], options: { readonly volatile?: readonly string[] } = {}) {
  const dataset = `texts_${number}`;
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    sources: () => sources,
    run: async (context) => {
      const { parts } = await context.source(sources[0]?.id ?? '');
      if (world.fails) throw new Error('cannot be imported');
      const files = parts.map(({ path }) => `'${path}'`).join(', ');
      const sql = await context.sql();
      const query = `select content as row, ${context.attempt} as at, filename from read_text([${files}])`;
      await sql.stage(dataset, query, { volatile: ['filename', ...(options.volatile ?? [])] });
      return null;
    },
  });
  const report = component({ id: 'report', isolation: 'inline', dependsOn: { feed }, run: async () => null });
  return defineDag({ id: `sources-${number}`, components: [feed, report] });
}

const feed = (rest: object = {}): Source => ({
  kind: 'http',
  id: 'feed',
  request: { url: `${origin.url}/feed` },
  ...rest,
});

function run(dag: ReturnType<typeof dagOf>, options: RigRunOptions = {}): Promise<RunSummary> {
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  return rig.run(dag, { origin: { baseUrl: origin.url, network }, ...options });
}

function sourceCheck({ components }: RunSummary): DecisionCheck | undefined {
  return components[0]?.decision?.checks.find(({ check }) => check === 'source');
}

function writeOld(path: string, text: string): void {
  const place = join(rig.storageRoot, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  utimesSync(place, 1_600_000_000, 1_600_000_000);
}

test('an import that fails after a 200 with a new ETag is imported by the next run', async () => {
  const dag = dagOf([feed()]);
  await run(dag);
  Object.assign(served, { body: 'second', etag: '"2"' });
  world.fails = true;
  expect(reasonsOf(await run(dag)).feed).toBe('error');
  world.fails = false;
  const mended = await run(dag);
  expect(reasonsOf(mended)).toMatchObject({ feed: 'source_changed', report: 'upstream_changed' });
  expect(statusesOf(await run(dag))).toEqual({ feed: 'unchanged', report: 'unchanged' });
});

test('what another process has just landed is swept by attempts only', async () => {
  const dag = dagOf([feed()]);
  await run(dag);
  const landing = join(rig.storageRoot, 'landing', dag.id, 'feed');
  const others = join(landing, 'f'.repeat(64));
  writeFileSync(others, 'of nobody whom this run knows');
  expect(statusesOf(await run(dag)).feed).toBe('unchanged');
  expect(readdirSync(landing)).toHaveLength(2);
  Object.assign(served, { body: 'second', etag: '"2"' });
  await run(dag);
  expect(readdirSync(landing)).toHaveLength(2);
  expect(existsSync(others)).toBe(false);
});

describe('an audit', () => {
  test('catches a lying ETag within its n, demotes it, and says so from then on', async () => {
    const every = 4;
    const dag = dagOf([feed({ auditEvery: every })]);
    await run(dag);
    served.body = 'second, under the same ETag';
    const reasons: (string | null | undefined)[] = [];
    let caught: RunSummary | undefined;
    while (!caught && reasons.length < every) {
      const summary = await run(dag);
      reasons.push(reasonsOf(summary).feed);
      if (reasons.at(-1) === 'probe_lied') caught = summary;
    }
    expect(reasons.slice(0, -1).every((reason) => reason === 'inputs_unchanged')).toBe(true);
    if (!caught) throw new Error(`not caught within ${every}: ${reasons.join(', ')}`);
    expect(sourceCheck(caught)).toMatchObject({
      inputs: { audited: true, lied: ['feed'] },
      because: expect.stringContaining('feed said that it had not: from now on its content decides'),
    });
    served.body = 'third';
    const demoted = await run(dag);
    expect(reasonsOf(demoted)).toMatchObject({ feed: 'probe_lied', report: 'upstream_changed' });
    expect(sourceCheck(demoted)?.inputs).toMatchObject({ demoted: ['feed'] });
    const still = await run(dag);
    expect(statusesOf(still).feed).toBe('unchanged');
    expect(sourceCheck(still)?.because).toContain('feed is read each time, because it once denied a change');
  });

  test('is not forgotten because the import of what it found failed', async () => {
    const dag = dagOf([feed({ auditEvery: 1 })]);
    await run(dag);
    served.body = 'second';
    world.fails = true;
    expect(reasonsOf(await run(dag)).feed).toBe('error');
    world.fails = false;
    expect(reasonsOf(await run(dag)).feed).toBe('probe_lied');
  });

  test('that finds the truth often enough promotes the source again', async () => {
    const dag = dagOf([feed({ auditEvery: 1 })]);
    await run(dag);
    served.body = 'second';
    await run(dag);
    const demoted: boolean[] = [];
    for (let audit = 0; audit < 11; audit += 1) {
      demoted.push(sourceCheck(await run(dag))?.inputs.demoted !== undefined);
    }
    expect(demoted).toEqual([...Array.from({ length: 10 }, () => true), false]);
  });

  test('comes as often as the environment says, to each source in a run of its own, and never at 0', async () => {
    const sources = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => feed({ id }));
    const audits = async (auditEvery: number) => {
      number += 1;
      const dag = dagOf(sources);
      await run(dag);
      const counts: number[] = [];
      for (let skip = 0; skip < 6; skip += 1) {
        const before = origin.requests.length;
        expect(statusesOf(await run(dag, { settings: { auditEvery } })).feed).toBe('unchanged');
        const asked = origin.requests.slice(before);
        counts.push(asked.filter(({ headers }) => headers['if-none-match'] === undefined).length);
      }
      return counts;
    };
    const counts = await audits(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    expect(Math.max(...counts)).toBeLessThan(6);
    expect(counts.slice(0, 3)).toEqual(counts.slice(3));
    expect(await audits(0)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('files', () => {
  test('are unchanged by their stamps, and run what reads them when one is added', async () => {
    const root = `files-${number}`;
    writeOld(`${root}/a.csv`, 'a');
    writeOld(`${root}/b.csv`, 'b');
    const dag = dagOf([{ kind: 'glob', id: 'files', root, pattern: '*.csv' }]);
    expect(reasonsOf(await run(dag)).feed).toBe('first_run');
    const same = await run(dag);
    expect(statusesOf(same)).toEqual({ feed: 'unchanged', report: 'unchanged' });
    expect(sourceCheck(same)).toMatchObject({ because: 'its source says that nothing has moved' });
    writeOld(`${root}/c.csv`, 'c');
    expect(reasonsOf(await run(dag))).toEqual({ feed: 'source_changed', report: 'upstream_changed' });
  });

  test('that are touched end as unchanged, and their new stamps are what counts the next time', async () => {
    const path = `touched-${number}.csv`;
    writeOld(path, 'a');
    const dag = dagOf([{ kind: 'file', id: 'stops', path }]);
    await run(dag);
    utimesSync(join(rig.storageRoot, path), 1_700_000_000, 1_700_000_000);
    const touched = await run(dag);
    expect(statusesOf(touched).feed).toBe('unchanged');
    expect(sourceCheck(touched)?.inputs).toMatchObject({ flapping: ['stops'] });
    expect(sourceCheck(await run(dag))?.because).toBe('its source says that nothing has moved');
  });

  test('leave no trace of where they lie', async () => {
    const path = `secret-place-${number}.csv`;
    writeOld(path, 'a');
    const dag = dagOf([{ kind: 'file', id: 'stops', path }]);
    const summary = await run(dag);
    const query = rig.state.database.selectFrom('source_state').select('evidence').where('dag', '=', dag.id);
    const rows = await query.execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, summary.components[0]?.datasets[0]?.evidence])).not.toContain('secret-place');
  });
});

describe('early cut-off', () => {
  test('a feed whose time changes but whose rows do not stops at the component that reads it', async () => {
    const feedAt = (at: string) => {
      served.body = JSON.stringify({ at, rows: ['a', 'b'] });
      served.etag = `"${at}"`;
    };
    const dataset = `trips_${number}`;
    const read = component({
      id: 'read',
      isolation: 'inline',
      sources: () => [feed()],
      run: async (context) => {
        const { parts } = await context.source('feed');
        const sql = await context.sql();
        const told = JSON.parse(readFileSync(parts[0]?.path ?? '', 'utf8')) as { at: string; rows: string[] };
        const columns = ['row', 'at'].map((name) => ({ name, type: 'VARCHAR' }));
        const rows = told.rows.map((row) => [row, told.at]);
        await sql.stageRows(dataset, columns, rows, { volatile: ['at'] });
        return null;
      },
    });
    const report = component({ id: 'report', isolation: 'inline', dependsOn: { read }, run: async () => 'report' });
    const last = component({ id: 'last', isolation: 'inline', dependsOn: { report }, run: async () => null });
    const dag = defineDag({ id: `cut-off-${number}`, components: [read, report, last] });
    feedAt('2026-01-01');
    await run(dag);
    feedAt('2026-01-02');
    const summary = await run(dag);
    expect(reasonsOf(summary)).toEqual({
      read: 'source_changed',
      report: 'inputs_unchanged',
      last: 'inputs_unchanged',
    });
    expect(statusesOf(summary)).toEqual({ read: 'success', report: 'unchanged', last: 'unchanged' });
  });
});

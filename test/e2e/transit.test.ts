import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf, inputsOf, storedDecisions, storedEvidence } from '../harness/e2e-decisions.ts';
import { digestsOf, factsOnDisk, newestOf, parquetFiles, readManifest } from '../harness/e2e-manifest.ts';
import { type EndToEndProject, endToEndProject } from '../harness/e2e-project.ts';

const firstDay = { SIGNALBOX_SANDBOX_DATE: '2026-03-02' };
const nextDay = { SIGNALBOX_SANDBOX_DATE: '2026-03-03' };
const transit = ['--dag', 'transit'];
const components = [
  'gtfs-schedule',
  'gtfs-realtime',
  'ptv-timetable',
  'datavic-discovery',
  'station-patronage-annual',
  'patronage-monthly',
];
const all = (word: string) => Object.fromEntries(components.map((component) => [component, word]));

let project: EndToEndProject;

beforeAll(async () => {
  project = await endToEndProject({ project: 'checkout' });
});
afterAll(() => project.remove());

/** What DuckDB finds in Parquet files: rows, and columns with their types. */
async function readByDuckDb(files: readonly string[]) {
  const connection = await (await DuckDBInstance.create()).connect();
  const found: { rows: number; schema: unknown }[] = [];
  for (const file of files) {
    const counted = await connection.runAndReadAll('select count(*)::integer as rows from read_parquet($file)', {
      file,
    });
    const described = await connection.runAndReadAll(
      'select column_name as name, column_type as type from (describe from read_parquet($file))',
      { file },
    );
    found.push({ rows: counted.getRowObjects()[0]?.rows as number, schema: described.getRowObjects() });
  }
  connection.closeSync();
  return found;
}

describe('engine run --dag transit, in the order in which somebody tries it:', { timeout: 120_000 }, () => {
  it('the first run ingests all six, and its summary tells a stranger what happened', async () => {
    const { code, stdout } = await project.engine(['run', ...transit], firstDay);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(
      /^transit in sandbox, generated data: success in .*\n6 success; [\d,]+ rows published; run /,
    );
    for (const component of components) {
      expect(stdout).toMatch(new RegExp(`^${component} +success +\\S+ +[\\d,]+ +it has never succeeded`, 'm'));
    }
    expect(stdout).toContain(`outputs: ${join(project.home, 'data/sandbox/curated')} (node engine data list`);
  });

  it('what it published is what the manifest says, and DuckDB reads it', async () => {
    const manifest = await readManifest(project);
    expect(new Set(manifest.map(({ component }) => component))).toEqual(new Set(components));
    expect(parquetFiles(project)).toEqual(manifest.map(({ path }) => path).toSorted());
    for (const row of manifest) {
      expect(factsOnDisk(row), row.dataset).toEqual({ bytes: row.bytes, sha256: row.sha256, latest: row.id });
    }
    const read = await readByDuckDb(manifest.map(({ file }) => file));
    expect(read).toEqual(manifest.map(({ rows, schema }) => ({ rows, schema })));
    const [stopTimes] = manifest.filter(({ dataset }) => dataset === 'gtfs_stop_times');
    expect(stopTimes?.rows).toBeGreaterThanOrEqual(100_000);
    expect(stopTimes?.schema[0]?.name).toBe('folder');
  });

  it('again at once: all are unchanged, by 304 and equal hashes, and nothing is published', async () => {
    const before = { versions: await readManifest(project), evidence: await storedEvidence(project) };
    const { exit, summary, statuses } = await project.run(transit, firstDay);
    expect({ code: exit.code, statuses }).toEqual({ code: 0, statuses: all('unchanged') });
    expect(summary).toMatchObject({ status: 'success', counts: { unchanged: 6 }, rows: 0 });
    expect(await readManifest(project)).toEqual(before.versions);
    const decisions = await storedDecisions(project, summary.runId);
    const evidence = await storedEvidence(project);
    for (const component of components) {
      const decision = decisions.get(component);
      expect(decision, component).toMatchObject({ verdict: 'unchanged', status: 'unchanged' });
      expect(inputsOf(decision, 'source').moved, component).toEqual({});
      expect(contentsOf(evidence.get(component)), component).toEqual(contentsOf(before.evidence.get(component)));
    }
    for (const component of ['gtfs-schedule', 'gtfs-realtime']) {
      const seen = inputsOf(decisions.get(component), 'source').evidence as { parts: { notModified: boolean }[] }[];
      expect(seen.flatMap(({ parts }) => parts).every(({ notModified }) => notModified)).toBe(true);
    }
    const attempts = `select a.id from attempt a join component_run c on c.id = a.component_run_id where c.run_id = $1`;
    expect(await project.rows(attempts, [summary.runId])).toEqual([]);
  });

  it('with one file deleted by hand exactly its component runs; equal outputs end the matter there', async () => {
    const before = await newestOf(project);
    const stops = before.get('gtfs_stops');
    const { stdout } = await project.engine(['data', 'path', 'gtfs_stops']);
    expect(stdout.trim()).toBe(stops?.file);
    rmSync(stdout.trim());
    const { exit, summary, statuses, reasons } = await project.run(transit, firstDay);
    expect(exit.code).toBe(0);
    expect(statuses).toEqual({ ...all('unchanged'), 'gtfs-schedule': 'success' });
    expect(reasons['gtfs-schedule']).toBe('output_missing');
    const decision = (await storedDecisions(project, summary.runId)).get('gtfs-schedule');
    expect(decision).toMatchObject({ verdict: 'run', reason: 'output_missing' });
    expect(inputsOf(decision, 'output_present').missing).toEqual([stops?.path]);
    const after = await newestOf(project);
    expect(digestsOf(after)).toEqual(digestsOf(before));
    expect(after.get('gtfs_stops')?.id).not.toBe(stops?.id);
    expect(factsOnDisk(after.get('gtfs_stops') as NonNullable<typeof stops>)).toMatchObject({ bytes: stops?.bytes });
  });

  it('on the next day what changed runs, and its Decision names what moved', async () => {
    const evidence = await storedEvidence(project);
    const digests = `select distinct on (component) component, output_digest as digest from component_run
      where status = 'success' order by component, finished_at desc`;
    const outputs = async () =>
      Object.fromEntries(
        (await project.rows<{ component: string; digest: string }>(digests)).map((row) => [row.component, row.digest]),
      );
    const before = await outputs();
    const { exit, summary, statuses } = await project.run(transit, nextDay);
    expect(exit.code).toBe(0);
    expect(statuses).toEqual({ ...all('success'), 'datavic-discovery': 'unchanged' });
    const decisions = await storedDecisions(project, summary.runId);
    const schedule = decisions.get('gtfs-schedule');
    const moved = {
      old: contentsOf(evidence.get('gtfs-schedule')).feed,
      new: contentsOf((await storedEvidence(project)).get('gtfs-schedule')).feed,
    };
    expect(moved.new).not.toBe(moved.old);
    expect(schedule).toMatchObject({ verdict: 'run', reason: 'source_changed' });
    expect(inputsOf(schedule, 'source').moved).toEqual({ feed: moved });
    const after = await outputs();
    for (const component of components.filter((id) => id !== 'gtfs-schedule' && id !== 'datavic-discovery')) {
      const decision = decisions.get(component);
      expect(decision, component).toMatchObject({ verdict: 'run', reason: 'upstream_changed' });
      const upstream = { old: before['gtfs-schedule'], new: after['gtfs-schedule'] };
      expect(inputsOf(decision, 'upstream_outputs').moved, component).toEqual({ 'gtfs-schedule': upstream });
    }
  });

  it('forced, all of them run, and equal content comes out equal', async () => {
    const before = digestsOf(await newestOf(project));
    const { exit, summary, statuses, reasons } = await project.run([...transit, '--force'], nextDay);
    expect(exit.code).toBe(0);
    expect(summary.forced).toBe(true);
    expect({ statuses, reasons }).toEqual({ statuses: all('success'), reasons: all('forced') });
    const decisions = [...(await storedDecisions(project, summary.runId)).values()];
    expect(decisions.map(({ verdict, reason }) => `${verdict} ${reason}`)).toEqual(Array(6).fill('run forced'));
    expect(digestsOf(await newestOf(project))).toEqual(before);
  });
});

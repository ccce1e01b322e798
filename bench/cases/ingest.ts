import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { projectRoot, workFolder } from '../harness/arguments.ts';
import { type Feed, feedOf, generatedFeed } from '../harness/feed.ts';
import { interleave, median, round, timed } from '../harness/measure.ts';
import { createProject, type Project } from '../harness/project.ts';
import { report, reportTimings } from '../harness/report.ts';

/**
 * A GTFS zip to Parquet: the component `gtfs-schedule` as it is, from the request to the staged and digested files, as the
 * first attempt of a new child; beside DuckDB, in this process, writing the unpacked CSV files as zstd Parquet and no more.
 */
const copies = 20;
const rounds = { warmups: 1, rounds: 5 };
const realFeed = join(projectRoot, '..', 'shared', 'data', 'gtfs-static', 'tidytransit', 'nyc_subway.zip');

const project = createProject();
const components = relative(join(project.folder, 'dags'), join(projectRoot, 'components', 'gtfs', 'index.ts'));
project.writeDag('ingest', dagText(components));
const hook = writePeakHook();
const server = await project.holdServer();
try {
  await benchFeed(await generatedFeed(join(workFolder, 'feeds'), copies));
  if (existsSync(realFeed)) await benchFeed(await feedOf('nyc_subway', realFeed, join(workFolder, 'feeds')));
} finally {
  await server.close();
}

async function benchFeed(feed: Feed): Promise<void> {
  const seen: Ingested[] = [];
  const timings = await interleave(
    [
      { name: 'DuckDB, bare', round: () => timed(() => convertBare(feed)) },
      {
        name: 'gtfs-schedule, attempt',
        round: async () => {
          const ingested = await ingest(project, feed);
          seen.push(ingested);
          return ingested.wallMs;
        },
      },
    ],
    rounds,
  );
  const rows = seen.at(-1)?.rows ?? 0;
  const speeds = new Map(
    timings.map(({ subject, medianMs }) => [
      subject,
      { rowsPerSecond: Math.round((rows / medianMs) * 1_000), csvMbPerSecond: round(feed.csvBytes / medianMs / 1_000) },
    ]),
  );
  const peaks = {
    childPeakMb: mb(seen.map(({ childPeakBytes }) => childPeakBytes)),
    enginePeakMb: mb(seen.map(({ enginePeakBytes }) => enginePeakBytes)),
    wholeProcessMs: round(median(seen.map(({ processMs }) => processMs))),
  };
  reportTimings('ingest', feed.name, timings, (subject) => ({
    rows,
    csvMb: round(feed.csvBytes / 1e6),
    ...speeds.get(subject),
    ...(subject === 'DuckDB, bare' ? {} : peaks),
  }));
  const [bare, ours] = timings;
  report('ingest', feed.name, {
    subject: 'speed of gtfs-schedule / of bare DuckDB',
    ratio: round((bare?.medianMs ?? Number.NaN) / (ours?.medianMs ?? Number.NaN)),
  });
}

interface Ingested {
  readonly wallMs: number;
  readonly rows: number;
  readonly childPeakBytes: number;
  readonly enginePeakBytes: number;
  readonly processMs: number;
}

async function ingest(from: Project, { sandboxData }: Feed): Promise<Ingested> {
  const peakFile = join(workFolder, 'peak');
  const args = ['run', '--dag', 'ingest', '--force', '--output', 'json', '--sandbox-data', sandboxData];
  const { stdout, ms } = await from.engine(args, {
    nodeArguments: ['--import', pathToFileURL(hook).href],
    variables: { BENCH_PEAK_FILE: peakFile },
  });
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const finished = lines.find(({ type }) => type === 'attempt_finished');
  const metrics = finished?.metrics as { readonly wallMs: number; readonly peakRssBytes: number };
  return {
    wallMs: metrics.wallMs,
    childPeakBytes: metrics.peakRssBytes,
    rows: Number(lines.at(-1)?.rows),
    enginePeakBytes: Number(readFileSync(peakFile, 'utf8')),
    processMs: ms,
  };
}

async function convertBare({ csvFiles }: Feed): Promise<void> {
  const folder = join(workFolder, 'bare');
  mkdirSync(folder, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  for (const file of csvFiles) {
    const target = join(folder, basename(file).replace(/\.txt$/, '.parquet'));
    await connection.run(
      `copy (select * from read_csv('${quote(file)}')) to '${quote(target)}' (format parquet, compression zstd)`,
    );
  }
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
}

function quote(path: string): string {
  return path.replaceAll("'", "''");
}

/** Children do not get the variable, so that only the engine itself writes its peak. */
function writePeakHook(): string {
  const file = join(workFolder, 'peak-hook.mjs');
  writeFileSync(
    file,
    `import { writeFileSync } from 'node:fs';
const file = process.env.BENCH_PEAK_FILE;
if (file) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1024)));
`,
  );
  return file;
}

function mb(bytes: readonly number[]): number {
  return round(Math.max(...bytes) / 1_048_576);
}

function dagText(index: string): string {
  return `import { defineDag } from 'signalbox';
import { gtfsSchedule } from '${index}';
export default defineDag({ id: 'ingest', components: [gtfsSchedule({ id: 'gtfs-schedule', timeout: '10m' })] });
`;
}

import { type ComponentContext, type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { type ArchiveLimits, defaultLimits } from './archive-limits.ts';
import { loadFeed } from './load.ts';
import { type GtfsOutput, gtfsOutput } from './output.ts';
import { gtfsSandbox } from './sandbox.ts';

export type { ArchiveLimits } from './archive-limits.ts';
export type { GtfsOutput } from './output.ts';

export interface GtfsScheduleOptions {
  /** Default: Transport Victoria's open data portal. */
  readonly baseUrl?: string;
  /** Path of the zip below `baseUrl`. Default: Transport Victoria's whole schedule. */
  readonly path?: string;
  /** A table of which more than this share of the records cannot be read fails the component. Default 0.01. */
  readonly maxQuarantinedShare?: number;
  /** What the `folder` column says for a zip that has its tables at the top. Default `feed`. */
  readonly feedName?: string;
  /** What the archive may ask of the disk; see `ArchiveLimits` for the defaults. */
  readonly limits?: Partial<ArchiveLimits>;
}

const liveBaseUrl = 'https://opendata.transport.vic.gov.au';
const livePath =
  '/dataset/3f4e292e-7f8a-4ffe-831f-1953be0fe448/resource/fb152201-859f-4882-9206-b768060b50ad/download/gtfs.zip';
const sourceId = 'feed';

/** A GTFS schedule feed as tables, `gtfs_<table>` each, with the folder of the feed as the first column. */
export function gtfsSchedule(options: ComponentOptions & GtfsScheduleOptions): ComponentHandle<GtfsOutput> {
  const {
    baseUrl = liveBaseUrl,
    path = livePath,
    maxQuarantinedShare = 0.01,
    feedName = 'feed',
    limits,
    ...common
  } = options;
  const params = { path, maxQuarantinedShare, feedName, limits: { ...defaultLimits, ...limits } };
  return component({
    ...common,
    baseUrl,
    params,
    sandbox: gtfsSandbox,
    output: gtfsOutput,
    sources: (scope) => [{ kind: 'http', id: sourceId, request: { url: `${scope.baseUrl}${path}` } }],
    run: (context) => run(context, params),
  });
}

async function run(
  context: Pick<ComponentContext, 'source' | 'sql' | 'files' | 'signal' | 'warn' | 'progress'>,
  {
    maxQuarantinedShare,
    feedName,
    limits,
  }: Required<Pick<GtfsScheduleOptions, 'maxQuarantinedShare' | 'feedName'>> & { limits: ArchiveLimits },
): Promise<GtfsOutput> {
  const { parts, evidence } = await context.source(sourceId);
  const [body] = parts;
  if (!body) throw new Error(`Internal error: ${sourceId} was landed without a body`);
  const contentType = evidence.parts[0]?.contentType;
  return loadFeed(
    { archive: body.path, ...(contentType ? { contentType } : {}) },
    {
      scratch: context.files.scratch,
      sql: await context.sql(),
      signal: context.signal,
      options: { maxQuarantinedShare, feedName, limits },
      quarantine: (record) => context.files.quarantine(record),
      warn: (warning) => context.warn(warning),
      progress: (progress) => context.progress(progress),
    },
  );
}

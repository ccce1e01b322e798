import { type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { type ArchiveLimits, defaultLimits } from './archive-limits.ts';
import { feedSource, liveBaseUrl, livePath } from './feed-source.ts';
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
    sources: (scope) => [feedSource(scope.baseUrl, scope.params.path)],
    run: async (context) => (await import('./ingest.ts')).ingest(context, context.params),
  });
}

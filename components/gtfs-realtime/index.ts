import { type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { type FeedName, feedNames, feedSource, keySecret, liveBaseUrl, type Mode } from './feeds.ts';
import { type GtfsRealtimeOutput, realtimeOutput } from './output.ts';
import { realtimeSandbox } from './sandbox.ts';

export type { GtfsRealtimeOutput } from './output.ts';

export interface GtfsRealtimeOptions {
  /** Default `metro`. */
  readonly mode?: Mode;
  /** Default: all three. `bus` and `vline` publish no service alerts. */
  readonly feeds?: readonly FeedName[];
  readonly baseUrl?: string;
}

/** Transport Victoria's GTFS Realtime feeds as tables: trip updates, their stops, vehicle positions, service alerts. */
export function gtfsRealtime(options: ComponentOptions & GtfsRealtimeOptions): ComponentHandle<GtfsRealtimeOutput> {
  const { mode = 'metro', feeds = feedNames, baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { mode, feeds },
    secrets: [keySecret],
    sandbox: realtimeSandbox,
    output: realtimeOutput,
    sources: ({ params, baseUrl: origin, secrets }) =>
      params.feeds.map((feed) => feedSource(feed, params.mode, origin, secrets[keySecret] ?? '')),
    run: async (context) => (await import('./publish.ts')).publishFeeds(context, context.params.feeds),
  });
}

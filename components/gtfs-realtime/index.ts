import { readFile } from 'node:fs/promises';
import { type ComponentContext, type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { z } from 'zod';
import { decodeFeed, type Feed, type Payload } from './decode.ts';
import { strayPayloads } from './entities.ts';
import { type FeedName, feedNames, feedSource, keySecret, liveBaseUrl, type Mode } from './feeds.ts';
import { realtimeSandbox } from './sandbox.ts';
import { feedTimestamp, realtimeTables, rowsOf } from './tables.ts';

export interface GtfsRealtimeOptions {
  /** Default `metro`. */
  readonly mode?: Mode;
  /** Default: all three. `bus` and `vline` publish no service alerts. */
  readonly feeds?: readonly FeedName[];
  readonly baseUrl?: string;
}

/** How many entities each feed held. */
const output = z.object({ entities: z.record(z.string(), z.number()) });
export type GtfsRealtimeOutput = z.output<typeof output>;

const ownPayload: Readonly<Record<FeedName, Payload>> = {
  'trip-updates': 'trip_update',
  'vehicle-positions': 'vehicle',
  'service-alerts': 'alert',
};

/** Transport Victoria's GTFS Realtime feeds as tables: trip updates, their stops, vehicle positions, service alerts. */
export function gtfsRealtime(options: ComponentOptions & GtfsRealtimeOptions): ComponentHandle<GtfsRealtimeOutput> {
  const { mode = 'metro', feeds = feedNames, baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { mode, feeds },
    secrets: [keySecret],
    sandbox: realtimeSandbox,
    output,
    sources: (scope) => feeds.map((feed) => feedSource(feed, mode, scope.baseUrl, scope.secrets[keySecret] ?? '')),
    run: (context) => publishFeeds(context, feeds),
  });
}

async function publishFeeds(
  context: Pick<ComponentContext, 'source' | 'sql' | 'warn'>,
  feeds: readonly FeedName[],
): Promise<GtfsRealtimeOutput> {
  const entities: Record<string, number> = {};
  for (const name of feeds) {
    const feed = await readFeed(context, name);
    entities[name] = feed.entity.length;
    warnOf(feed, name, context);
    await stageFeed(feed, name, context);
  }
  return { entities };
}

async function readFeed(context: Pick<ComponentContext, 'source'>, name: FeedName): Promise<Feed> {
  const { parts, evidence } = await context.source(name);
  const body = parts[0];
  if (!body) throw new Error(`Internal error: ${name} was landed without a body`);
  return decodeFeed(await readFile(body.path), name, evidence.parts[0]?.contentType);
}

async function stageFeed(feed: Feed, feedName: FeedName, context: Pick<ComponentContext, 'sql'>): Promise<void> {
  const sql = await context.sql();
  for (const table of realtimeTables.filter((one) => one.feed === feedName)) {
    const columns = [...table.columns, feedTimestamp].map(({ name, type }) => ({ name, type }));
    await sql.stageRows(table.dataset, columns, rowsOf(table, feed), { volatile: [feedTimestamp.name] });
  }
}

/** Nothing is left out in silence, and a feed of differences is not taken for the whole. */
function warnOf(feed: Feed, name: FeedName, { warn }: Pick<ComponentContext, 'warn'>): void {
  for (const [payload, count] of strayPayloads(feed, ownPayload[name])) {
    const message = `${name}: ${count} entities carry \`${payload}\`, which is not published from this feed`;
    warn({ code: 'realtime_stray_payload', message, count });
  }
  if (feed.header.incrementality === 'DIFFERENTIAL') {
    warn({ code: 'realtime_differential', message: `${name} is DIFFERENTIAL: it holds what changed, not everything` });
  }
}

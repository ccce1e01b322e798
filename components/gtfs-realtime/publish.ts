import { readFile } from 'node:fs/promises';
import type { ComponentContext } from 'signalbox';
import { decodeFeed, type Feed, type Payload } from './decode.ts';
import { strayPayloads } from './entities.ts';
import type { FeedName } from './feeds.ts';
import type { GtfsRealtimeOutput } from './output.ts';
import { feedTimestamp, realtimeTables, rowsOf } from './tables.ts';

const ownPayload: Readonly<Record<FeedName, Payload>> = {
  'trip-updates': 'trip_update',
  'vehicle-positions': 'vehicle',
  'service-alerts': 'alert',
};

/** Publishes every landed feed as its tables. */
export async function publishFeeds(
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

import type { ComponentContext } from 'signalbox';
import { feedId } from './feed-source.ts';
import { loadFeed } from './load.ts';
import type { LoadOptions } from './load-context.ts';
import type { GtfsOutput } from './output.ts';

/** Loads the landed feed into the tables of this attempt. */
export async function ingest(
  context: Pick<ComponentContext, 'source' | 'sql' | 'files' | 'signal' | 'warn' | 'progress'>,
  options: LoadOptions,
): Promise<GtfsOutput> {
  const { parts, evidence } = await context.source(feedId);
  const [body] = parts;
  if (!body) throw new Error(`Internal error: ${feedId} was landed without a body`);
  const contentType = evidence.parts[0]?.contentType;
  return loadFeed(
    { archive: body.path, ...(contentType ? { contentType } : {}) },
    {
      scratch: context.files.scratch,
      sql: await context.sql(),
      signal: context.signal,
      options,
      quarantine: (record) => context.files.quarantine(record),
      warn: (warning) => context.warn(warning),
      progress: (progress) => context.progress(progress),
    },
  );
}

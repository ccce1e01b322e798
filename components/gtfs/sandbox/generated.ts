import type { SandboxHandler, SandboxWorld } from 'signalbox';
import { instantOf, parseDay } from '../../sandbox/day.ts';
import { folderShapes } from '../../sandbox/network/folders.ts';
import { validatedResponse } from '../../sandbox/response.ts';
import { packZip } from './pack.ts';
import { tablesOf } from './tables.ts';
import { zipOrNotFound } from './zip-path.ts';

/** One feed a process is enough: a sandbox has one seed and one day. */
let made: { readonly key: string; readonly zip: Promise<Buffer> } | undefined;

/**
 * The feed of a sandbox day. From one day to the next the window of dates moves on: calendar, calendar_dates, and the
 * trips and stop times of the date that went and the date that came; stops, routes, shapes and the rest stay.
 */
export function generatedSchedule({ seed, date }: SandboxWorld): SandboxHandler {
  const day = parseDay(date);
  // The feed of a day is put out at midnight in Melbourne (or eleven at night, in winter), as seen from UTC.
  const publishedMs = instantOf(day - 1, '14:01:41');
  return {
    mode: 'generated',
    handle: ({ path }) =>
      zipOrNotFound(path, async () =>
        validatedResponse(await generatedFeed(seed, date), 'application/zip', publishedMs),
      ),
  };
}

/** The outer zip, made once: numbered folders, each with only `google_transit.zip`, as Transport Victoria packs it. */
function generatedFeed(seed: number, date: string): Promise<Buffer> {
  const key = `${seed} ${date}`;
  if (made?.key !== key) made = { key, zip: makeFeed(seed, date) };
  return made.zip;
}

async function makeFeed(seed: number, date: string): Promise<Buffer> {
  const day = parseDay(date);
  const inner = folderShapes.map(async ({ folder }) => {
    return [`${folder}/google_transit.zip`, await packZip(tablesOf({ seed, folder, day }), 1)] as const;
  });
  return packZip(new Map(await Promise.all(inner)), 0);
}

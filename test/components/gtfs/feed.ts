import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { temporaryFolder } from './load.ts';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** The least that GTFS asks for: one stop, one trip that calls there twice. */
export const smallFeed: Files = {
  'agency.txt': 'agency_id,agency_name,agency_url,agency_timezone\nA,Agency,https://a.example,Australia/Melbourne\n',
  'stops.txt': 'stop_id,stop_name,stop_lat,stop_lon\nS1,First,-37.5,144.5\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR1,A,1,3\n',
  'trips.txt': 'route_id,service_id,trip_id\nR1,W,T1\n',
  'stop_times.txt':
    'trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT1,08:00:00,08:00:00,S1,1\nT1,25:31:00,25:31:00,S1,2\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,0,0,20260101,20261231\n',
};

/** Packs files into a zip in a folder of its own, and returns where it is. */
export async function zipped(files: Files): Promise<string> {
  const path = join(temporaryFolder(), 'feed.zip');
  await pipeline(packed(files).outputStream, createWriteStream(path));
  return path;
}

export async function zipBytes(files: Files): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of packed(files).outputStream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

function packed(files: Files): ZipFile {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return zip;
}

/** `smallFeed` with some of its files replaced or more added. */
export async function feedWith(files: Files): Promise<string> {
  return zipped({ ...smallFeed, ...files });
}

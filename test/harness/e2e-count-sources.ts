import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import protobuf from 'protobufjs';
import { openPromise } from 'yauzl';

/** Records of source files, counted without any code of the loaders. */

/** Table → records, of a plain GTFS zip. */
export async function countGtfs(archive: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.endsWith('.txt')) continue;
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    counts[entry.fileName.replace(/\.txt$/, '')] = countCsv(Buffer.concat(chunks));
  }
  zip.close();
  return counts;
}

export function countCsvFile(path: string): number {
  return countCsv(readFileSync(path));
}

/** Records with a value in them: real files end in rows of commas. */
function countCsv(content: Buffer): number {
  const records: string[][] = parse(content, { bom: true, skip_empty_lines: true, relax_column_count: true });
  return records.slice(1).filter((record) => record.some((value) => value.trim() !== '')).length;
}

interface FeedMessage {
  readonly entity: readonly {
    readonly tripUpdate?: { readonly stopTimeUpdate: readonly unknown[] };
    readonly vehicle?: object;
    readonly alert?: object;
  }[];
}

/** Entities of a GTFS Realtime feed, read by the published `.proto`. */
export function countRealtime(proto: string, feed: string) {
  const type = protobuf.loadSync(proto).lookupType('transit_realtime.FeedMessage');
  const { entity } = type.toObject(type.decode(readFileSync(feed)), { arrays: true }) as unknown as FeedMessage;
  const updates = entity.flatMap(({ tripUpdate }) => (tripUpdate ? [tripUpdate] : []));
  return {
    tripUpdates: updates.length,
    stopUpdates: updates.reduce((sum, { stopTimeUpdate }) => sum + stopTimeUpdate.length, 0),
    vehicles: entity.filter(({ vehicle }) => vehicle).length,
    alerts: entity.filter(({ alert }) => alert).length,
  };
}

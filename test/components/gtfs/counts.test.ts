import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { openPromise } from 'yauzl';
import { zipped } from './feed.ts';
import { load, type Row } from './load.ts';

const data = '../shared/data/gtfs-static';

function victoria(folder: string): string {
  return join(data, `ptv-mohanwadia-2026/gtfs/${folder}/google_transit.zip`);
}

/** The tables of a plain zip, read without any code of the loader. */
async function sourceTables(
  archive: string,
): Promise<ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false });
  const tables = new Map<string, readonly Readonly<Record<string, string>>[]>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    const records: Record<string, string>[] = parse(Buffer.concat(chunks), {
      columns: (names: string[]) => names.map((name) => name.trim()),
      bom: true,
      skip_empty_lines: true,
      relax_column_count_less: true,
    });
    tables.set(entry.fileName.replace(/\.txt$/, ''), records);
  }
  zip.close();
  return tables;
}

/** What a value of the source has to be in the published table. */
function published(name: string, value: string | undefined, got: unknown): unknown {
  if (value === undefined || value === '') return null;
  if (got instanceof Date) return `${value.slice(0, 4)}-${value.slice(4, 6)}-${value.slice(6, 8)}`;
  if (typeof got === 'number') return Number(value);
  return name.endsWith('_time') ? value.trim() : value;
}

function shown(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().slice(0, 10) : value;
}

function expectSame(rows: readonly Row[], source: readonly Readonly<Record<string, string>>[]): void {
  expect(rows).toHaveLength(source.length);
  const wrong = rows.flatMap((row, index) =>
    Object.entries(row)
      .filter(([name]) => name !== 'folder')
      .filter(([name, got]) => shown(got) !== published(name, source[index]?.[name], got))
      .map(([name, got]) => ({ index, name, got, sent: source[index]?.[name] })),
  );
  expect(wrong.slice(0, 3)).toEqual([]);
}

describe.skipIf(!existsSync(data))('real feeds, beside an independent reader (needs ../shared/data)', () => {
  test.each([
    'transitland-lib/testdata/gtfs-external/bart.zip',
    'transitland-lib/testdata/gtfs-external/caltrain.zip',
    'node-gtfs/caltrain_20160406.zip',
    'sample-gtfs-feed-0.13.0.zip',
    'cutr/bullrunner-gtfs.zip',
    'ptv-mohanwadia-2026/gtfs/11/google_transit.zip',
  ])('every value of every table of %s', async (name) => {
    const { output, rows } = await load(join(data, name));
    const source = await sourceTables(join(data, name));
    for (const table of Object.keys(output.tables)) expectSame(await rows(table), source.get(table) ?? []);
    expect(output.quarantined).toBe(0);
  });

  test('the two folders of Victoria, together', async () => {
    const archive = await zipped({
      '10/google_transit.zip': await readFile(victoria('10')),
      '11/google_transit.zip': await readFile(victoria('11')),
    });
    const { output, staged, rows } = await load(archive);
    expect(output.folders).toEqual(['10', '11']);
    const countsOf = async (table: string) => {
      const all = await rows(table);
      return ['10', '11'].map((folder) => all.filter((row) => row.folder === folder).length);
    };
    expect(await countsOf('stop_times')).toEqual([280, 6_008]);
    expect(await countsOf('shapes')).toEqual([109_803, 7_381]);
    expect((await countsOf('trips'))[1]).toBe(1_458);
    expect((await countsOf('stops'))[1]).toBe(34);
    expect(staged.every(({ schema }) => schema[0]?.name === 'folder')).toBe(true);
    expect(output.tables.transfers).toBe(0);
    const agencies = await rows('agency');
    expect(agencies.map(({ agency_id: id }) => id)).toEqual(['1', '1']);
    expect((await rows('routes')).every(({ agency_id: id }) => id === null)).toBe(true);
  });

  test('New York: 446,924 stop times, those after midnight as they were sent', async () => {
    const { output, rows } = await load(join(data, 'tidytransit/nyc_subway.zip'));
    expect(output.tables.stop_times).toBe(446_924);
    const late = (await rows('stop_times')).map((row) => String(row.arrival_time)).filter((time) => time >= '24');
    expect(late).toHaveLength(12_819);
    expect(late.toSorted().at(-1)).toBe('27:40:30');
  });
});

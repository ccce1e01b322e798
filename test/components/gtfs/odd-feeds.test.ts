import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FailureError } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { zipBytes, zipped } from './feed.ts';
import { load, temporaryFolder } from './load.ts';

const data = '../shared/data/gtfs-static';
const examples = join(data, 'transitland-lib/testdata/gtfs-examples');

async function failureOf(archive: string, contentType?: string) {
  const thrown: unknown = await load(archive, contentType ? { contentType } : {}).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(FailureError);
  return (thrown as FailureError).failure;
}

describe.skipIf(!existsSync(data))('odd feeds (needs ../shared/data)', () => {
  test('text in place of a zip fails, and the hint quotes it', async () => {
    const failure = await failureOf(join(examples, 'invalid.zip'), 'application/zip');
    expect(failure.class).toBe('source');
    expect(failure.hint).toContain('`not a zip file`, application/zip, 14 bytes');
  });

  test('a body cut off in the middle fails, saying how much came', async () => {
    const whole = readFileSync(join(examples, 'example.zip'));
    const path = join(temporaryFolder(), 'cut.zip');
    writeFileSync(path, whole.subarray(0, 2_000));
    const failure = await failureOf(path, 'application/zip');
    expect(failure).toMatchObject({ class: 'source' });
    expect(failure.message).toMatch(/got zip \(.*2,000 bytes\) that is cut off or damaged/);
  });

  test('a zip in a zip is loaded under the name of its folder', async () => {
    const { output } = await load(join(examples, 'example-nested-zip.zip'));
    expect(output.folders).toEqual(['example-nested-zip']);
    expect(output.tables.stop_times).toBe(28);
  });

  test('a zip in a zip in a zip fails', async () => {
    const nested = readFileSync(join(examples, 'example-nested-zip.zip'));
    const failure = await failureOf(await zipped({ 'outer/inner.zip': nested }));
    expect(failure.class).toBe('source');
    expect(failure.message).toContain('got zips again: example-nested-zip/example.zip');
  });

  test('a feed in a directory is loaded, and the files beside it are listed', async () => {
    const { output, warnings } = await load(join(examples, 'example-nested-dir.zip'));
    expect(output.tables.stop_times).toBe(28);
    expect(output.ignored).toContain('example-nested-dir/example/ignore/ok.txt');
    expect(warnings.map(({ code }) => code)).toContain('gtfs_ignored_files');
  });

  test.each(['example.zip', 'example-errors.zip'])(
    'short rows of %s are filled with null and told of',
    async (name) => {
      const { output, warnings, quarantined, rows } = await load(join(examples, name));
      expect(output.tables).toMatchObject({ stop_times: 28, shapes: 9 });
      expect(quarantined).toEqual([]);
      const short = warnings.filter(({ code }) => code === 'gtfs_short_rows');
      expect(short.map(({ count }) => count)).toEqual([13, 9]);
      expect(short[0]?.message).toContain('lines 17, 18, 19');
      expect((await rows('stop_times')).filter((row) => row.shape_dist_traveled === null)).toHaveLength(28);
    },
  );

  test('a byte order mark in every file is in no column name', async () => {
    const { output, staged } = await load(join(data, 'tidytransit/sample-feed-bom.zip'));
    expect(output.tables.stop_times).toBe(28);
    const names = staged.flatMap(({ schema }) => schema.map(({ name }) => name));
    expect(names.filter((name) => !/^[a-z_]+$/.test(name))).toEqual([]);
  });

  test('files that are no table are ignored, an empty one too', async () => {
    const { output } = await load(join(data, 'tidytransit/sample-feed-plus.zip'));
    expect(output.ignored).toEqual(['empty_file.txt', 'nonstandard.txt', 'single_col.txt']);
    expect(output.tables).toMatchObject({ stop_times: 28, calendar_dates: 1 });
  });

  test.each([
    ['tidytransit/sample-feed-invalid.zip', ['stop_times.txt']],
    [
      'cutr/badgtfs.zip',
      ['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt', 'calendar.txt or calendar_dates.txt'],
    ],
  ])('%s fails, naming every file that is missing', async (name, missing) => {
    const failure = await failureOf(join(data, name));
    expect(failure.class).toBe('source');
    expect(failure.details).toEqual({ missing: [{ folder: 'feed', missing }] });
    for (const file of missing) expect(failure.message).toContain(file);
  });
});

describe('bodies that are no feed', () => {
  test.each([
    ['<!DOCTYPE html><html><body>Maintenance</body></html>', 'text/html', 'HTML (`<!DOCTYPE html>'],
    ['', 'application/zip', 'an empty body'],
  ])('%j fails and is described', async (body, contentType, described) => {
    const path = join(temporaryFolder(), 'body');
    writeFileSync(path, body);
    const failure = await failureOf(path, contentType);
    expect(failure.class).toBe('source');
    expect(failure.hint).toContain(described);
  });

  test('a zip whose data are damaged fails, naming the file', async () => {
    const bytes = await zipBytes({ 'stops.txt': 'stop_id\n'.repeat(50) });
    bytes.fill(0xff, 45, 60);
    const path = join(temporaryFolder(), 'damaged.zip');
    writeFileSync(path, bytes);
    const failure = await failureOf(path);
    expect(failure.class).toBe('source');
  });
});

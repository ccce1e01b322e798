import { FailureError } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { feedWith, smallFeed, zipBytes, zipped } from './feed.ts';
import { load } from './load.ts';

const bom = '\uFEFF';

function tripsTo(headsign: string): string {
  return `route_id,service_id,trip_id,trip_headsign\nR1,T0,X,${headsign}\n`;
}

describe('headers', () => {
  test('differ by folder: columns are matched by name, and absent ones are null', async () => {
    const rail = await zipBytes({ ...smallFeed, 'stops.txt': 'stop_name,stop_code,stop_id\nCentral,7,S1\n' });
    const bus = await zipBytes({ ...smallFeed, 'stops.txt': 'stop_id,stop_name,platform_code\nS1,Corner,B\n' });
    const { rows, staged } = await load(await zipped({ '1/google_transit.zip': rail, '4/google_transit.zip': bus }));
    expect(await rows('stops')).toEqual([
      { folder: '1', stop_id: 'S1', stop_code: '7', stop_name: 'Central', platform_code: null },
      { folder: '4', stop_id: 'S1', stop_code: null, stop_name: 'Corner', platform_code: 'B' },
    ]);
    const stops = staged.find(({ dataset }) => dataset === 'gtfs_stops');
    expect(stops?.schema.map(({ name }) => name)).toEqual([
      'folder',
      'stop_id',
      'stop_code',
      'stop_name',
      'platform_code',
    ]);
  });

  test('may have a byte order mark in some files and not in others', async () => {
    const { rows } = await load(await feedWith({ 'stops.txt': `${bom}stop_id,stop_name\r\n"S1","First"\r\n` }));
    expect(await rows('stops')).toEqual([{ folder: 'feed', stop_id: 'S1', stop_name: 'First' }]);
    expect(Object.keys((await rows('agency'))[0] ?? {})).toContain('agency_id');
  });

  test('may end in a comma, with rows that do so or not', async () => {
    const { rows, warnings } = await load(
      await feedWith({ 'stops.txt': 'stop_id,stop_name,\nS1,First,\nS2,Second\n' }),
    );
    expect(await rows('stops')).toEqual([
      { folder: 'feed', stop_id: 'S1', stop_name: 'First' },
      { folder: 'feed', stop_id: 'S2', stop_name: 'Second' },
    ]);
    expect(warnings).toEqual([]);
  });

  test('may have blanks around the names', async () => {
    const { rows } = await load(await feedWith({ 'stops.txt': ' stop_id , "stop_name" \nS1,First\n' }));
    expect(await rows('stops')).toEqual([{ folder: 'feed', stop_id: 'S1', stop_name: 'First' }]);
  });

  test('keep columns that are in no reference, as text', async () => {
    const { rows, staged } = await load(await feedWith({ 'stops.txt': 'stop_id,"odd ""name"",\'x\'"\nS1,007\n' }));
    expect(await rows('stops')).toEqual([{ folder: 'feed', stop_id: 'S1', 'odd "name",\'x\'': '007' }]);
    expect(staged.find(({ dataset }) => dataset === 'gtfs_stops')?.schema.at(-1)?.type).toBe('VARCHAR');
  });

  test.each([
    ['stop_id,stop_name,Stop_Id\nS1,First,S1\n', '`Stop_Id` twice'],
    ['stop_id,,stop_name\nS1,,First\n', 'none for column 2'],
    ['\nS1\n', 'an empty line'],
    ['stop_id,folder\nS1,x\n', 'folder'],
    ['stop_id,"stop_name\nS1,First\n', 'comma-separated names'],
  ])('%j fails', async (stops, got) => {
    const thrown: unknown = await load(await feedWith({ 'stops.txt': stops })).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FailureError);
    expect((thrown as FailureError).failure.class).toBe('source');
    expect((thrown as FailureError).message).toContain('feed/stops.txt');
    expect((thrown as FailureError).message).toContain(got);
  });
});

describe('lines', () => {
  test.each([
    ['CR LF', 'stop_id,stop_name\r\nS1,First\r\nS2,Second\r\n'],
    ['no last line end', 'stop_id,stop_name\nS1,First\nS2,Second'],
    ['CR LF and no last line end', 'stop_id,stop_name\r\nS1,First\r\nS2,Second'],
    ['both kinds of line end', 'stop_id,stop_name\nS1,First\r\nS2,Second\n'],
    ['blank lines', 'stop_id,stop_name\n\nS1,First\n  \nS2,Second\n\n'],
    ['quoted values', 'stop_id,stop_name\n"S1","First"\n"S2","Second"\n'],
  ])('with %s are read alike', async (_, stops) => {
    const { rows, quarantined } = await load(await feedWith({ 'stops.txt': stops }));
    expect((await rows('stops')).map((row) => [row.stop_id, row.stop_name])).toEqual([
      ['S1', 'First'],
      ['S2', 'Second'],
    ]);
    expect(quarantined).toEqual([]);
  });

  test('may break inside quotes, which is told of', async () => {
    const stops = 'stop_id,stop_name\r\nS1,"First\r\n""Street"", east"\r\nS2,Second\r\n';
    const { rows, warnings } = await load(await feedWith({ 'stops.txt': stops }));
    expect((await rows('stops')).map((row) => row.stop_name)).toEqual(['First\r\n"Street", east', 'Second']);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['gtfs_line_breaks', 'feed/stops.txt: 1 records with a line break inside quotes (line 2)'],
    ]);
  });
});

describe('values', () => {
  test('that are empty are null, quoted or not', async () => {
    const routes = 'route_id,agency_id,route_short_name,route_type\n"R1","","","102"\nR2,,,400\n';
    const { rows } = await load(await feedWith({ 'routes.txt': routes }));
    expect(await rows('routes')).toEqual([
      { folder: 'feed', route_id: 'R1', agency_id: null, route_short_name: null, route_type: 102 },
      { folder: 'feed', route_id: 'R2', agency_id: null, route_short_name: null, route_type: 400 },
    ]);
  });

  test('of times are kept as they were sent, over 24 hours, of one digit, or absent', async () => {
    const header = 'trip_id,arrival_time,departure_time,stop_id,stop_sequence\n';
    const stopTimes = `${header}T1, 6:00:00,25:31:00 ,S1,1\nT1,,,S1,2\nT1,28:33:50,28:33:50,S1,3\n`;
    const { rows } = await load(await feedWith({ 'stop_times.txt': stopTimes }));
    expect((await rows('stop_times')).map((row) => [row.arrival_time, row.departure_time])).toEqual([
      ['6:00:00', '25:31:00'],
      [null, null],
      ['28:33:50', '28:33:50'],
    ]);
  });

  test('are typed: dates, whole numbers, coordinates; ids stay text', async () => {
    const { staged, rows } = await load(
      await feedWith({ 'stops.txt': 'stop_id,stop_lat,location_type\n007,-37.5,1.0\n' }),
    );
    const typesOf = (dataset: string) => staged.find((one) => one.dataset === dataset)?.schema.map(({ type }) => type);
    expect(typesOf('gtfs_stops')).toEqual(['VARCHAR', 'VARCHAR', 'DOUBLE', 'INTEGER']);
    expect(typesOf('gtfs_calendar')?.slice(-2)).toEqual(['DATE', 'DATE']);
    expect(await rows('stops')).toEqual([{ folder: 'feed', stop_id: '007', stop_lat: -37.5, location_type: 1 }]);
  });

  test('of one id in two folders stay apart by their folder', async () => {
    const one = await zipBytes({ ...smallFeed, 'trips.txt': tripsTo('City') });
    const two = await zipBytes({ ...smallFeed, 'trips.txt': tripsTo('Airport') });
    const { rows } = await load(await zipped({ '1/google_transit.zip': one, '2/google_transit.zip': two }));
    const found = (await rows('trips')).map((row) => [row.folder, row.service_id, row.trip_headsign]);
    expect(found).toEqual([
      ['1', 'T0', 'City'],
      ['2', 'T0', 'Airport'],
    ]);
  });
});

describe('files', () => {
  test('with a header alone are a version of no rows', async () => {
    const { output, staged } = await load(await feedWith({ 'levels.txt': `${bom}level_id,level_index` }));
    expect(output.tables.levels).toBe(0);
    const levels = staged.find(({ dataset }) => dataset === 'gtfs_levels');
    expect(levels).toMatchObject({ rows: 0, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('that are required may not be empty', async () => {
    await expect(load(await feedWith({ 'stops.txt': '' }))).rejects.toThrow('stops.txt in folder feed');
  });

  test('of one kind of calendar are enough', async () => {
    const { 'calendar.txt': _, ...others } = smallFeed;
    const { output } = await load(
      await zipped({ ...others, 'calendar_dates.txt': 'service_id,date,exception_type\n' }),
    );
    expect(output.tables.calendar_dates).toBe(0);
  });

  test('of several feeds in one zip are folders each', async () => {
    const both = Object.entries(smallFeed).flatMap(([name, content]) => [
      [`north/${name}`, content] as const,
      [`south/${name}`, content] as const,
    ]);
    const { output } = await load(await zipped(Object.fromEntries(both)));
    expect(output.folders).toEqual(['north', 'south']);
    expect(output.tables.stop_times).toBe(4);
  });

  test('at the top of a zip are in the folder that the author names', async () => {
    const { output } = await load(await feedWith({}), { feedName: 'tram' });
    expect(output.folders).toEqual(['tram']);
  });
});

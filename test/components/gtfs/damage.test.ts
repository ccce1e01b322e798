import { FailureError } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { feedWith } from './feed.ts';
import { load } from './load.ts';

const header = 'stop_id,stop_name,stop_lat,location_type';
const whole = Array.from({ length: 200 }, (_, index) => `S${index},Stop ${index},-37.5,0`);

/** A stops.txt of 200 whole records, with some lines put in after the header. */
async function feedOf(...lines: readonly (string | Buffer)[]): Promise<string> {
  const damaged = lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]);
  return feedWith({
    'stops.txt': Buffer.concat([Buffer.from(`${header}\n`), ...damaged, Buffer.from(whole.join('\n'))]),
  });
}

describe('a record goes to quarantine', () => {
  test.each<[string, string | Buffer, string, number]>([
    ['with too many fields', 'X,Y,1,0,5,6', 'expected 4 fields, got 6', 2],
    ['with an open quote', 'X,"Y,1,0', 'a quote that is not closed', 2],
    ['with text after a quote', 'X,"Y"Z,1,0', 'text after a closing quote, or a quote that is not closed', 2],
    ['with a quote inside a value', 'X,Y"Z,1,0', 'a quote inside a value that is not quoted', 2],
    ['with a carriage return inside', 'X,Y\rZ,1,0', 'a carriage return inside a value', 2],
    ['with a fraction for a whole number', 'X,Y,1,1.5', 'expected location_type to be a whole number, got `1.5`', 2],
    ['with hexadecimal for a whole number', 'X,Y,1,0x1F', 'expected location_type to be a whole number, got `0x1F`', 2],
    ['with text for a number', 'X,Y,north,1', 'expected stop_lat to be a number, got `north`', 2],
    ['with no number for a number', 'X,Y,nan,1', 'expected stop_lat to be a number, got `nan`', 2],
  ])('%s', async (_, line, reason, at) => {
    const { output, quarantined, rows } = await load(await feedOf(line));
    expect(quarantined).toEqual([
      { dataset: 'gtfs_stops', file: 'feed/stops.txt', line: at, lines: 1, reason, raw: line },
    ]);
    expect(output).toMatchObject({ tables: { stops: 200 }, quarantined: 1 });
    expect((await rows('stops')).map((row) => row.stop_id)).toEqual(whole.map((record) => record.split(',')[0]));
  });

  test('with invalid UTF-8, of which no byte is lost', async () => {
    const { quarantined } = await load(await feedOf(Buffer.from([0x58, 0x2c, 0xe9, 0x2c, 0x31, 0x2c, 0x30])));
    expect(quarantined).toMatchObject([{ line: 2, reason: 'invalid UTF-8', raw: 'X,\u00e9,1,0' }]);
  });

  test('with all the lines that it spans', async () => {
    const { quarantined, output } = await load(await feedOf('X,"a\nb\nc",1,0,surplus', 'Y,Z,1,0'));
    expect(quarantined).toMatchObject([{ line: 2, lines: 3, reason: 'expected 4 fields, got 5' }]);
    expect(output.tables.stops).toBe(201);
  });

  test('with the line that it stands on among blank lines and flaws of every kind', async () => {
    const { quarantined, warnings } = await load(await feedOf('', 'X,Y', 'X,"Y', '', 'X,Y,1,one', 'a,b,c,d,e'), {
      maxQuarantinedShare: 0.05,
    });
    expect(new Set(quarantined.map(({ line }) => line))).toEqual(new Set([4, 6, 7]));
    expect(quarantined).toHaveLength(3);
    expect(warnings).toMatchObject([
      { code: 'gtfs_short_rows', count: 1, message: expect.stringContaining('(line 3)') },
    ]);
  });
});

describe('a table fails', () => {
  test('when more than the allowed share is left out, naming the first record', async () => {
    const thrown: unknown = await load(await feedOf('a,b,c,d,e', 'a,b,c,d,e', 'a,b,c,d,e')).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(FailureError);
    const { failure } = thrown as FailureError;
    expect(failure.class).toBe('source');
    expect(failure.message).toContain('at least 3 of 203');
    expect(failure.message).toContain('feed/stops.txt line 2: expected 4 fields, got 5');
    expect(failure.details).toEqual({ dataset: 'gtfs_stops', records: 203, quarantined: 3 });
  });

  test('when the share is reached by values alone', async () => {
    await expect(load(await feedOf('a,b,x,0', 'a,b,x,0', 'a,b,x,0'))).rejects.toThrow('at least 3 of 203');
  });

  test('when all of a file is left out, whatever is allowed', async () => {
    const archive = await feedWith({ 'stops.txt': `${header}\na,b,c,d,e\n` });
    await expect(load(archive, { maxQuarantinedShare: 1 })).rejects.toThrow('all 1 of feed/stops.txt');
  });

  test('not when the author allows more', async () => {
    const { output } = await load(await feedOf('a,b,c,d,e', 'a,b,c,d,e', 'a,b,c,d,e'), { maxQuarantinedShare: 0.02 });
    expect(output.quarantined).toBe(3);
  });
});

test('an abort ends the loading with its reason', async () => {
  const stop = new AbortController();
  stop.abort(new Error('stopped by the test'));
  await expect(load(await feedOf(), { signal: stop.signal })).rejects.toThrow('stopped by the test');
});

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FailureError } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { decodeFeed } from '../../../components/gtfs-realtime/decode.ts';
import { feedMessageType } from '../../../components/gtfs-realtime/proto.ts';

const files = '../shared/data/gtfs-rt';

function encode(message: object): Uint8Array {
  const type = feedMessageType();
  return type.encode(type.fromObject(message)).finish();
}

function failureOf(bytes: Uint8Array, contentType?: string) {
  try {
    decodeFeed(bytes, 'trip-updates', contentType);
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure;
    throw thrown;
  }
  throw new Error('expected a failure, got a feed');
}

/** The twin files name fields in camelCase. */
function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    inSnakeCase(inner),
  ]);
  return Object.fromEntries(entries);
}

/** A float on the wire has 32 bits; the twins print the shortest decimal that means the same one. */
function asFloats(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, inner: unknown) =>
    typeof inner === 'number' ? Math.fround(inner) : inner,
  );
}

describe('decodeFeed', () => {
  it('keeps every digit of 64-bit integers and names enumerations', () => {
    const feed = decodeFeed(
      encode({
        header: { gtfs_realtime_version: '2.0', timestamp: '18446744073709551615', incrementality: 'DIFFERENTIAL' },
        entity: [
          {
            id: 'a',
            trip_update: {
              trip: { trip_id: 't', start_time: '25:09:00', schedule_relationship: 'NEW' },
              stop_time_update: [{ arrival: { time: '-9223372036854775808', scheduled_time: '9007199254740993' } }],
            },
          },
        ],
      }),
      'trip-updates',
    );
    expect(feed.header).toMatchObject({ timestamp: '18446744073709551615', incrementality: 'DIFFERENTIAL' });
    expect(feed.entity[0]?.trip_update).toEqual({
      trip: { trip_id: 't', start_time: '25:09:00', schedule_relationship: 'NEW' },
      stop_time_update: [{ arrival: { time: '-9223372036854775808', scheduled_time: '9007199254740993' } }],
    });
  });

  it('keeps the number of an enumeration value that is younger than this engine', () => {
    const bytes = Buffer.from([0x0a, 0x07, 0x0a, 0x03, 0x32, 0x2e, 0x30, 0x10, 0x09]);
    expect(decodeFeed(bytes, 'trip-updates').header.incrementality).toBe(9);
  });

  it('skips fields it does not know', () => {
    const known = encode({ header: { gtfs_realtime_version: '2.0' } });
    const unknownField = Buffer.from([0xc2, 0x3e, 0x02, 0x08, 0x01]);
    expect(decodeFeed(Buffer.concat([known, unknownField]), 'trip-updates').header.gtfs_realtime_version).toBe('2.0');
  });

  it('refuses an empty body', () => {
    expect(failureOf(Buffer.alloc(0))).toMatchObject({
      class: 'source',
      message: expect.stringContaining('got an empty body'),
      details: { byteOffset: 0, bytes: 0 },
    });
  });

  it('says what came in place of a feed', () => {
    const failure = failureOf(Buffer.from('<!DOCTYPE html><title>Sign in</title>'), 'text/html');
    expect(failure.class).toBe('source');
    expect(failure.message).toMatch(/got HTML \(`<!DOCTYPE html><title>Sign in/);
    expect(failure.message).toContain('text/html');
    expect(failureOf(Buffer.from('{"message":"no"}'), 'application/json').message).toContain('{"message":"no"}');
  });

  it('refuses a feed that was cut off, naming the offset', () => {
    const whole = encode({
      header: { gtfs_realtime_version: '2.0' },
      entity: [{ id: 'a', alert: { cause: 'STRIKE', url: { translation: [{ text: 'https://example.org' }] } } }],
    });
    const failure = failureOf(whole.subarray(0, whole.length - 5));
    expect(failure).toMatchObject({ class: 'source', details: { bytes: whole.length - 5 } });
    expect(failure.details?.byteOffset).toBeGreaterThan(0);
  });
});

describe.skipIf(!existsSync(files))('decodeFeed on real files (needs ../shared/data)', () => {
  it.each([
    ['transitland-lib/bart-trip-updates', 91],
    ['transitland-lib/bart-alerts', 1],
    ['transitland-lib/ct-vehicle-positions', 14],
    ['transitland-lib/ct-service-alerts', 0],
    ['transitland-lib/hart-trip-updates', 0],
  ])('%s.pb says what its JSON twin says: %i entities', async (name, entities) => {
    const feed = decodeFeed(await readFile(`${files}/${name}.pb`), name);
    const twin = inSnakeCase(JSON.parse(await readFile(`${files}/${name}.pb.json`, 'utf8'))) as object;
    expect(asFloats(feed)).toEqual(asFloats({ entity: [], ...twin }));
    expect(feed.entity).toHaveLength(entities);
  });

  it('counts 1,060 stop updates in the 91 trip updates', async () => {
    const feed = decodeFeed(await readFile(`${files}/transitland-lib/bart-trip-updates.pb`), 'trip-updates');
    const updates = feed.entity.flatMap(({ trip_update: update }) => update?.stop_time_update ?? []);
    expect(updates).toHaveLength(1_060);
  });

  it('reads a service day that goes on after midnight as text', async () => {
    const feed = decodeFeed(await readFile(`${files}/derived-victoria/gtfsr-3035.pb`), 'trip-updates');
    expect(feed.entity[0]?.trip_update?.trip).toMatchObject({
      trip_id: '02-BEG--7-T6-3035',
      start_time: '25:09:00',
    });
  });

  it('names the byte at which invalid.pb stops to be a message', async () => {
    const failure = failureOf(await readFile(`${files}/transitland-lib/invalid.pb`));
    expect(failure).toMatchObject({ class: 'source', details: { byteOffset: 1, bytes: 17 } });
    expect(failure.message).toMatch(/invalid wire type 6.*byte offset 1/);
    expect(failure.message).toContain('`not valid pb data`');
  });
});

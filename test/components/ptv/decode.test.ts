import { existsSync, readFileSync } from 'node:fs';
import { FailureError } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { decodeDisruptions, disruptionRows, disruptionTables } from '../../../components/ptv/disruptions.ts';
import { decodeRoutes, routeColumns, routeRow } from '../../../components/ptv/routes.ts';

const files = '../shared/data/ptv-api/disruptions';
const online = { version: '3.0', health: 1 };

function read(name: string): unknown {
  return JSON.parse(readFileSync(`${files}/${name}`, 'utf8'));
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

function failureOf(decode: () => unknown) {
  try {
    decode();
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure;
    throw thrown;
  }
  throw new Error('expected a failure');
}

function records(dataset: string, body: unknown): readonly Readonly<Record<string, unknown>>[] {
  const table = disruptionTables.find((one) => one.dataset === dataset);
  if (!table) throw new Error(`no table ${dataset}`);
  const rows = disruptionRows(table, decodeDisruptions(json(body)).disruptions);
  return rows.map((row) => Object.fromEntries(table.columns.map(({ name }, index) => [name, row[index]])));
}

describe('decodeRoutes', () => {
  it('trims names and keeps numbers that are text', () => {
    const { routes } = decodeRoutes(
      json({
        routes: [
          {
            route_service_status: { description: 'Good Service', timestamp: '2026-11-20T10:00:00.1234567+00:00' },
            route_type: 2,
            route_id: 8135,
            route_name: 'Hastings - Frankston ',
            route_number: '078',
            route_gtfs_id: '4-782',
            geopath: [],
          },
          { route_type: 0, route_id: 1, route_name: 'Alamein', route_number: '', route_service_status: null },
        ],
        status: online,
      }),
    );
    expect(routes.map(routeRow)).toEqual([
      [2, 8135, 'Hastings - Frankston', '078', '4-782', 'Good Service', '2026-11-20T10:00:00.1234567+00:00'],
      [0, 1, 'Alamein', '', undefined, undefined, undefined],
    ]);
    expect(routeColumns).toHaveLength(7);
  });

  it('tells that the system behind the API is offline', () => {
    expect(decodeRoutes(json({ routes: [], status: { version: '3.0', health: 0 } })).healthy).toBe(false);
    expect(decodeRoutes(json({ routes: [], status: online })).healthy).toBe(true);
  });

  it.each([
    ['a refused request', { message: 'Forbidden (403): Access Denied', status: online }, /Forbidden \(403\)/, false],
    ['a fault', { Message: 'An error has occurred.' }, /An error has occurred/, undefined],
    ['another shape', { status: online }, /routes as API v3 describes them[\s\S]*at routes/, undefined],
    ['an id beyond what a number holds', { routes: [{ route_type: 0, route_id: 2 ** 53 }] }, /route_id/, undefined],
  ])('fails as the source for %s', (_what, body, message, retryable) => {
    const failure = failureOf(() => decodeRoutes(json(body)));
    expect(failure.class).toBe('source');
    expect(failure.message).toMatch(message);
    expect(failure.retryable).toBe(retryable);
  });

  it('names the secrets where the signature was refused', () => {
    const failure = failureOf(() => decodeRoutes(json({ message: 'Forbidden', status: online })));
    expect(failure.hint).toMatch(/PTV_DEVID and PTV_API_KEY/);
  });

  it('says what came in place of JSON', () => {
    const failure = failureOf(() => decodeRoutes(Buffer.from('<html>Maintenance</html>'), 'text/html'));
    expect(failure).toMatchObject({ class: 'source', message: expect.stringContaining('<html>Maintenance') });
  });
});

describe('decodeDisruptions', () => {
  const disruption = {
    disruption_id: 333_750,
    title: 'Buses ',
    from_date: '2025-04-25T15:00:00',
    routes: [],
    stops: null,
  };

  it('reads a bucket for each mode, null and absent ones too', () => {
    const body = { disruptions: { metro_train: [disruption], metro_tram: null, general: [] }, status: online };
    expect(records('ptv_disruptions', body)).toMatchObject([
      { mode: 'metro_train', disruption_id: 333_750, title: 'Buses', from_date: '2025-04-25T15:00:00Z' },
    ]);
    expect(records('ptv_disruption_routes', body)).toEqual([]);
  });

  it('keeps a disruption once for each mode it concerns', () => {
    const body = { disruptions: { metro_train: [disruption], metro_bus: [disruption] } };
    expect(records('ptv_disruptions', body).map((row) => row.mode)).toEqual(['metro_train', 'metro_bus']);
  });

  it.each([
    ['an empty list', []],
    ['an object without buckets', {}],
  ])('takes %s for no disruptions', (_what, disruptions) => {
    expect(decodeDisruptions(json({ disruptions, status: online })).disruptions).toEqual([]);
  });

  it('publishes the routes and stops concerned', () => {
    const direction = { route_direction_id: 5, direction_id: 1, direction_name: 'City ', service_time: '25:09:00' };
    const body = {
      disruptions: {
        metro_train: [
          {
            ...disruption,
            routes: [
              { route_type: 0, route_id: 14, route_name: 'Sunbury', direction: null },
              { route_type: 0, route_id: 13, route_name: 'Stony Point ', direction },
            ],
            stops: [{ stop_id: 1088, stop_name: 'Hastings ' }],
          },
        ],
      },
    };
    expect(records('ptv_disruption_routes', body)).toMatchObject([
      { mode: 'metro_train', disruption_id: 333_750, route_id: 14, direction_id: undefined },
      { route_id: 13, route_name: 'Stony Point', direction_id: 1, direction_name: 'City', service_time: '25:09:00' },
    ]);
    expect(records('ptv_disruption_stops', body)).toEqual([
      { mode: 'metro_train', disruption_id: 333_750, stop_id: 1088, stop_name: 'Hastings' },
    ]);
  });

  it('fails as the source where a bucket is no list', () => {
    const failure = failureOf(() => decodeDisruptions(json({ disruptions: { metro_train: 'none' } })));
    expect(failure).toMatchObject({ class: 'source', message: expect.stringContaining('disruptions') });
  });
});

describe.skipIf(!existsSync(files))('decodeDisruptions on real bodies (needs ../shared/data)', () => {
  it('reads what PTV sent in 2025 and 2018', () => {
    const recent = read('disruptions-2025-04.json') as readonly unknown[];
    const single = read('single-2018.json') as { readonly disruption: unknown; readonly status: unknown };
    const body = { disruptions: { metro_train: recent, regional_train: [single.disruption] }, status: single.status };
    expect(records('ptv_disruptions', body)).toMatchObject([
      { mode: 'metro_train', disruption_id: 333_750, to_date: '2025-04-27T17:00:00Z', display_on_board: true },
      { mode: 'metro_train', disruption_id: 327_738, to_date: null },
      { mode: 'regional_train', disruption_id: 144_252, published_on: null, colour: undefined },
    ]);
    expect(records('ptv_disruption_stops', body)).toMatchObject([{ stop_id: 1088, stop_name: 'Hastings' }]);
    expect(records('ptv_disruption_routes', body)).toHaveLength(2);
  });
});

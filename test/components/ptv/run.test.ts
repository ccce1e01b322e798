import { createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ptvTimetable } from '../../../components/ptv/index.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type AttemptResult, type Bench, openBench } from '../attempt.ts';

const files = '../shared/data/ptv-api/disruptions';
const key = '7car2d2b-7527-14e1-8975-06cf1059afe0';
const status = { version: '3.0', health: 1 };
const route = {
  route_service_status: { description: 'Good Service', timestamp: '2026-11-20T10:00:00Z' },
  route_type: 0,
  route_id: 14,
  route_name: 'Sunbury ',
  route_number: '',
  route_gtfs_id: '2-SUY',
  geopath: [],
};

let origin: Origin;
let bench: Bench;

beforeEach(async () => {
  origin = await startOrigin();
  bench = await openBench();
  serve('routes', { routes: [route], status });
  serve('disruptions', { disruptions: [], status });
});

afterEach(async () => {
  await origin.close();
  await bench.close();
});

function serve(what: 'routes' | 'disruptions', body: unknown, code = 200): void {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  origin.route(`/ptv-timetable/v3/${what}`, { status: code, headers, body: JSON.stringify(body) });
}

function attempt(component = ptvTimetable({ id: 'ptv-timetable' })): Promise<AttemptResult> {
  const baseUrl = `${origin.url}/ptv-timetable`;
  return bench.attempt({ component, baseUrl, secrets: { PTV_DEVID: '3', PTV_API_KEY: key } });
}

describe('ptvTimetable', () => {
  it('signs each request as the API sees it', async () => {
    const component = ptvTimetable({ id: 'ptv-timetable', routeTypes: [0, 3] });
    expect((await attempt(component)).outcome.status).toBe('success');
    expect(origin.requests).toHaveLength(2);
    for (const { path, query } of origin.requests) {
      const signed = `${path.replace('/ptv-timetable', '')}?route_types=0&route_types=3&devid=3`;
      expect([...query.keys()]).toEqual(['route_types', 'route_types', 'devid', 'signature']);
      expect(query.get('signature')).toBe(createHmac('sha1', key).update(signed).digest('hex'));
    }
  });

  it('publishes routes and disruptions, typed', async () => {
    const disruption = {
      disruption_id: 333_750,
      title: 'Buses',
      from_date: '2025-04-25T15:00:00Z',
      display_status: true,
    };
    serve('disruptions', { disruptions: { metro_train: [disruption], metro_tram: null }, status });
    const result = await attempt();
    expect(result.outcome).toMatchObject({ status: 'success', output: { routes: 1, disruptions: 1 }, warnings: [] });
    expect(await result.rows('ptv_routes')).toEqual([
      {
        route_type: 0,
        route_id: 14,
        route_name: 'Sunbury',
        route_number: '',
        route_gtfs_id: '2-SUY',
        service_status: 'Good Service',
        service_status_timestamp: new Date('2026-11-20T10:00:00Z'),
      },
    ]);
    expect(await result.rows('ptv_disruptions')).toMatchObject([
      {
        mode: 'metro_train',
        disruption_id: 333_750n,
        from_date: new Date('2025-04-25T15:00:00Z'),
        display_status: true,
      },
    ]);
    expect(await result.rows('ptv_disruption_stops')).toEqual([]);
  });

  it('has equal evidence and digests when only the time of the service status moved', async () => {
    const first = (await attempt()).outcome;
    const later = { ...route.route_service_status, timestamp: '2026-11-20T10:05:00Z' };
    serve('routes', { routes: [{ ...route, route_service_status: later }], status: { version: '3.0.1', health: 1 } });
    const second = (await attempt()).outcome;
    serve('routes', {
      routes: [{ ...route, route_service_status: { ...later, description: 'Major Delays' } }],
      status,
    });
    const third = (await attempt()).outcome;
    if (first.status !== 'success' || second.status !== 'success' || third.status !== 'success')
      throw new Error('failed');
    const digests = ({ evidence, datasets }: typeof first) => [
      ...evidence.flatMap(({ parts }) => parts.map(({ digest }) => digest)),
      ...datasets.map(({ digest }) => digest),
    ];
    expect(digests(second)).toEqual(digests(first));
    expect(digests(third)).not.toEqual(digests(first));
  });

  it('warns when the system behind the API is offline', async () => {
    serve('routes', { routes: [], status: { version: '3.0', health: 0 } });
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({ status: 'success', warnings: [{ code: 'ptv_offline' }] });
  });

  it('names the secrets when the signature is refused, does not try again, and keeps the key to itself', async () => {
    serve('routes', { message: 'Forbidden (403): Access Denied', status }, 403);
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: {
        class: 'source',
        message: 'PTV refused the request for routes: Forbidden (403): Access Denied',
        hint: expect.stringContaining('PTV_DEVID and PTV_API_KEY'),
        retryable: false,
      },
    });
    expect(JSON.stringify(outcome)).not.toContain(key);
  });

  it('tries again after a fault of the server', async () => {
    serve('disruptions', { Message: 'An error has occurred.' }, 500);
    const { outcome } = await attempt();
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'source', retryable: true } });
    expect(JSON.stringify(outcome)).toContain('An error has occurred.');
  });
});

describe.skipIf(!existsSync(files))('ptvTimetable on real bodies (needs ../shared/data)', () => {
  it('publishes two disruptions, their routes and the stop with a blank at its end', async () => {
    const disruptions: unknown = JSON.parse(readFileSync(`${files}/disruptions-2025-04.json`, 'utf8'));
    serve('disruptions', { disruptions: { metro_train: disruptions, metro_bus: null }, status });
    const result = await attempt();
    expect(await result.rows('ptv_disruptions')).toHaveLength(2);
    expect(await result.rows('ptv_disruption_routes')).toHaveLength(2);
    expect(await result.rows('ptv_disruption_stops')).toMatchObject([{ stop_id: 1088, stop_name: 'Hastings' }]);
  });
});

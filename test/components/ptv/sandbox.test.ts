import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import { isSigned } from '../../../components/ptv/sandbox/signature.ts';
import { ptvSandbox } from '../../../components/ptv/sandbox.ts';
import { type Sandbox, startSandbox } from '../../../components/sandbox/server.ts';

const devid = ptvSandbox.secrets?.PTV_DEVID ?? '';
const key = ptvSandbox.secrets?.PTV_API_KEY ?? '';

interface Route {
  readonly route_id: number;
  readonly route_type: number;
  readonly route_name: string;
  readonly route_gtfs_id: string;
}
interface Disruption {
  readonly disruption_id: number;
  readonly disruption_status: string;
  readonly to_date: string | null;
  readonly routes: readonly Route[];
}
type Buckets = Readonly<Record<string, readonly Disruption[] | null>>;

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: { date?: string; dataDirectory?: string } = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ parts: [ptvSandbox], seed: 1, date: '2026-11-20', ...options });
  open.push(sandbox);
  return sandbox;
}

function signed(request: string): string {
  const message = `${request}${request.includes('?') ? '&' : '?'}devid=${devid}`;
  return `${message}&signature=${createHmac('sha1', key).update(message).digest('hex')}`;
}

function get(sandbox: Sandbox, request: string): Promise<Response> {
  return fetch(sandbox.baseUrl('ptv-timetable') + request);
}

async function routes(sandbox: Sandbox, query = ''): Promise<readonly Route[]> {
  return ((await (await get(sandbox, signed(`/v3/routes${query}`))).json()) as { routes: Route[] }).routes;
}

async function disruptions(sandbox: Sandbox, query = ''): Promise<Buckets> {
  return ((await (await get(sandbox, signed(`/v3/disruptions${query}`))).json()) as { disruptions: Buckets })
    .disruptions;
}

function all(buckets: Buckets): readonly Disruption[] {
  return Object.values(buckets).flatMap((bucket) => bucket ?? []);
}

describe('signatures', () => {
  it('are accepted with hex in either case, over the path without the mount', async () => {
    const sandbox = await start();
    const request = signed('/v3/routes?route_types=0&route_types=1');
    expect((await get(sandbox, request)).status).toBe(200);
    expect(
      (
        await get(
          sandbox,
          request.replace(/[0-9a-f]{40}$/, (hex) => hex.toUpperCase()),
        )
      ).status,
    ).toBe(200);
  });

  it.each([
    ['is absent', '/v3/routes'],
    ['is empty', `/v3/routes?devid=${devid}&signature=`],
    ['is of other bytes', signed('/v3/routes').replace('routes', 'Routes')],
    ['is of another query', signed('/v3/routes?route_types=1').replace('types=1', 'types=2')],
    ['is followed by more', `${signed('/v3/routes')}&route_types=1`],
    ['is of another developer', signed('/v3/routes').replace(devid, '1')],
  ])('are answered with 403 when the signature %s', async (_, request) => {
    const answer = await get(await start(), request);
    expect([answer.status, await answer.json()]).toMatchObject([403, { status: { version: '3.0', health: 1 } }]);
  });
});

describe('generated answers', () => {
  it('carry no validators', async () => {
    const { headers } = await get(await start(), signed('/v3/routes'));
    expect([headers.get('etag'), headers.get('last-modified')]).toEqual([null, null]);
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('list every route once, all types, some names with a trailing blank', async () => {
    const listed = await routes(await start());
    expect(new Set(listed.map((route) => route.route_id)).size).toBe(listed.length);
    expect(new Set(listed.map((route) => route.route_type))).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(listed.some((route) => route.route_name.endsWith(' '))).toBe(true);
  });

  it('have a bucket for each mode, null where nothing is known, and change in part from day to day', async () => {
    const today = await disruptions(await start());
    const tomorrow = await disruptions(await start({ date: '2026-11-21' }));
    expect(Object.keys(today)).toHaveLength(14);
    expect(today.taxi).toBeNull();
    expect(all(today).some((one) => one.to_date === null)).toBe(true);
    const ids = (buckets: Buckets) => new Set(all(buckets).map((one) => one.disruption_id));
    const kept = [...ids(tomorrow)].filter((id) => ids(today).has(id)).length;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThan(ids(tomorrow).size);
  });

  it('follow the parameters of the swagger', async () => {
    const sandbox = await start();
    expect(new Set((await routes(sandbox, '?route_types=0&route_types=4')).map((route) => route.route_type))).toEqual(
      new Set([0, 4]),
    );
    const [first] = await routes(sandbox);
    const name = first?.route_name.slice(1, 5) ?? '';
    const named = await routes(sandbox, `?route_name=${name.toUpperCase()}`);
    expect(named.length).toBeGreaterThan(0);
    expect(named.every((route) => route.route_name.toLowerCase().includes(name.toLowerCase()))).toBe(true);
    expect(Object.keys(await disruptions(sandbox, '?disruption_modes=1&disruption_modes=100'))).toEqual([
      'metro_train',
      'general',
    ]);
    const planned = all(await disruptions(sandbox, '?disruption_status=planned'));
    expect(new Set(planned.map((one) => one.disruption_status))).toEqual(new Set(['Planned']));
    const trams = all(await disruptions(sandbox, '?route_types=1'));
    expect(trams.every((one) => one.routes.some((route) => route.route_type === 1))).toBe(true);
  });

  it.each(['/v3/routes?route_types=9', '/v3/disruptions?disruption_modes=6', '/v3/disruptions?disruption_status=past'])(
    'refuse %s with 400',
    async (request) => {
      const answer = await get(await start(), signed(request));
      expect([answer.status, await answer.json()]).toMatchObject([400, { status: { health: 1 } }]);
    },
  );

  it('know no other resources', async () => {
    expect((await get(await start(), signed('/v3/stops'))).status).toBe(404);
  });
});

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sandbox-ptv-'));
  const directory = join(dataDirectory, 'ptv-timetable');
  await mkdir(directory);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text)));
  return dataDirectory;
}

describe('files', () => {
  const text = '{ "routes": [{"route_type": 0}, {"route_type": 1}],\n "status": {} }';

  it('are served byte for byte, or filtered where that is asked for, after the signature check', async () => {
    const sandbox = await start({ dataDirectory: await directoryWith({ 'routes.json': text }) });
    expect(await (await get(sandbox, signed('/v3/routes'))).text()).toBe(text);
    expect(await routes(sandbox, '?route_types=1')).toEqual([{ route_type: 1 }]);
    expect((await get(sandbox, '/v3/routes')).status).toBe(403);
  });

  it('leave what is not there empty', async () => {
    const sandbox = await start({ dataDirectory: await directoryWith({ 'routes.json': text }) });
    expect(all(await disruptions(sandbox))).toEqual([]);
  });

  it('are refused when they are others', async () => {
    const dataDirectory = await directoryWith({ 'stops.json': text });
    await expect(start({ dataDirectory })).rejects.toThrow('to hold some of routes.json, disruptions.json');
  });
});

/** The swagger calls every field of a type never null; the API sends null for what it does not know, as real bodies show. */
function nullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(nullable);
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([name, value]) => [
    name,
    name === 'type' && typeof value === 'string' ? [value, 'null'] : nullable(value),
  ]);
  return Object.fromEntries(entries);
}

/** Field names that the swagger does not have are mistakes of ours, so every object is closed. */
function closed(schemas: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, { ...(schema as object), additionalProperties: false }]),
  );
}

async function validator(schema: string) {
  const text = await readFile('../shared/data/ptv-api/swagger/ptv-v3-openapi3.json', 'utf8');
  const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
  const ajv = new Ajv({
    strict: false,
    formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, int32: true, int64: true },
  });
  const schemas = closed(nullable(components.schemas) as Record<string, unknown>);
  ajv.addSchema({ $id: 'ptv', components: { schemas } });
  return ajv.compile({ $ref: `ptv#/components/schemas/${schema}` });
}

describe.skipIf(!existsSync('../shared/data'))('the published contract (needs ../shared/data)', () => {
  it('agrees with the known signatures', async () => {
    const path = '../shared/data/ptv-api/signature/vectors.json';
    const { vectors } = JSON.parse(await readFile(path, 'utf8')) as {
      vectors: { devid: number; key: string; signed: string; signature: string }[];
    };
    expect(vectors.length).toBeGreaterThan(0);
    for (const vector of vectors) {
      const [address = '', query = ''] = vector.signed.split(/\?(.*)/s);
      const signature = `${query}&signature=${vector.signature}`;
      expect(isSigned(address, signature, String(vector.devid), vector.key), vector.signed).toBe(true);
      expect(isSigned(`${address}/`, signature, String(vector.devid), vector.key)).toBe(false);
      expect(isSigned(address, signature, String(vector.devid), `${vector.key}x`)).toBe(false);
    }
  });

  it('has every disruption answer, and every refusal', async () => {
    const isAnswer = await validator('V3.DisruptionsResponse');
    const sandbox = await start();
    const answer: unknown = await (await get(sandbox, signed('/v3/disruptions'))).json();
    expect(isAnswer(answer), JSON.stringify(isAnswer.errors)).toBe(true);
    const isRefusal = await validator('V3.ErrorResponse');
    for (const request of ['/v3/routes', signed('/v3/routes?route_types=9')]) {
      const refusal: unknown = await (await get(sandbox, request)).json();
      expect(isRefusal(refusal), JSON.stringify(isRefusal.errors)).toBe(true);
    }
  });

  /** The swagger gives `/v3/routes` the schema of one route; what comes is a list of them beside the status. */
  it('has every route of the list', async () => {
    const isRoute = await validator('V3.RouteWithStatus');
    const isStatus = await validator('V3.Status');
    const body = (await (await get(await start(), signed('/v3/routes'))).json()) as {
      routes: unknown[];
      status: unknown;
    };
    expect(Object.keys(body)).toEqual(['routes', 'status']);
    expect(isStatus(body.status)).toBe(true);
    for (const route of body.routes) expect(isRoute(route), JSON.stringify(isRoute.errors)).toBe(true);
  });
});

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxHandler, SandboxPart, SandboxRequest, SandboxResponse, SandboxWorld } from 'signalbox';
import { listNames } from '../sandbox/data-directory.ts';
import { parseDay } from '../sandbox/day.ts';
import { jsonResponse } from '../sandbox/response.ts';
import { isSigned } from './sandbox/access.ts';
import { generatedDisruptions, noDisruptions } from './sandbox/disruptions.ts';
import { filterBody, isFiltered } from './sandbox/filters.ts';
import { generatedRoutes } from './sandbox/routes.ts';

const secrets = { PTV_DEVID: '3000001', PTV_API_KEY: '5a4db0c5-0000-4000-8000-000000000002' };
const resources = ['routes', 'disruptions'] as const;
type Resource = (typeof resources)[number];

const status = { version: '3.0', health: 1 };
const json = { 'content-type': 'application/json; charset=utf-8' };

/** The full v3 body of a resource, read or made at each request. */
type Body = (resource: Resource) => Promise<Buffer>;

/** Stands in for the Timetable API v3: it checks signatures over the very bytes, and sends no validators. */
export const ptvSandbox: SandboxPart = {
  name: 'ptv-timetable',
  layout: [
    ...resources.map((resource) => `${resource}.json, the full body of /v3/${resource}`),
    'at least one of the two; one that is not there is served as an empty list',
  ],
  secrets,
  open: async (world) => (world.directory === undefined ? generated(world) : fromFiles(world.directory)),
};

function generated({ seed, date }: SandboxWorld): SandboxHandler {
  const day = parseDay(date);
  const bodies = {
    routes: () => ({ routes: generatedRoutes(seed, day), status }),
    disruptions: () => ({ disruptions: generatedDisruptions(seed, day), status }),
  };
  return handler('generated', async (resource) => asJson(bodies[resource]()));
}

async function fromFiles(directory: string): Promise<SandboxHandler> {
  const expected = resources.map((resource) => `${resource}.json`);
  const names = await listNames(directory);
  if (names.length === 0 || names.some((name) => !expected.includes(name))) {
    throw new Error(
      `expected ${directory} to hold some of ${expected.join(', ')}; got ${names.join(', ') || 'nothing'}`,
    );
  }
  const empty = { routes: { routes: [], status }, disruptions: { disruptions: noDisruptions(), status } };
  return handler('files', async (resource) =>
    names.includes(`${resource}.json`) ? readFile(join(directory, `${resource}.json`)) : asJson(empty[resource]),
  );
}

function handler(mode: SandboxHandler['mode'], body: Body): SandboxHandler {
  return { mode, handle: (request) => answer(request, body) };
}

async function answer({ path, query }: SandboxRequest, body: Body): Promise<SandboxResponse> {
  if (!isSigned(path, query, secrets.PTV_DEVID, secrets.PTV_API_KEY)) {
    return refusal(403, 'Forbidden (403): check the developer id and the signature of the request.');
  }
  const resource = resources.find((one) => path === `/v3/${one}`);
  if (!resource)
    return jsonResponse(404, { Message: `No HTTP resource was found that matches the request URI '${path}'.` });
  if (!isFiltered(query)) return { status: 200, headers: json, body: await body(resource) };
  const filtered = filterBody(resource, query, await body(resource));
  return 'problem' in filtered ? refusal(400, filtered.problem) : jsonResponse(200, filtered.body);
}

function refusal(code: number, message: string): SandboxResponse {
  return jsonResponse(code, { message, status });
}

function asJson(body: unknown): Buffer {
  return Buffer.from(JSON.stringify(body));
}

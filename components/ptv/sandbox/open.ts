import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxHandler, SandboxRequest, SandboxResponse, SandboxWorld } from 'signalbox';
import { listNames } from '../../sandbox/data-directory.ts';
import { parseDay } from '../../sandbox/day.ts';
import { jsonResponse } from '../../sandbox/response.ts';
import { devidSecret, keySecret } from '../requests.ts';
import { type Resource, resources, sandboxSecrets } from './access.ts';
import { generatedDisruptions, noDisruptions } from './disruptions.ts';
import { filterBody, isFiltered } from './filters.ts';
import { generatedRoutes } from './routes.ts';
import { isSigned } from './signature.ts';

const status = { version: '3.0', health: 1 };
const json = { 'content-type': 'application/json; charset=utf-8' };

/** The full v3 body of a resource, read or made at each request. */
type Body = (resource: Resource) => Promise<Buffer>;

export async function openTimetable(world: SandboxWorld): Promise<SandboxHandler> {
  return world.directory === undefined ? generated(world) : fromFiles(world.directory);
}

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
  if (!isSigned(path, query, sandboxSecrets[devidSecret], sandboxSecrets[keySecret])) {
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

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NetworkRule } from '../../engine/model/task.ts';
import { type HostileClient, openClient, soonMs } from './hostile/clients.ts';
import { type ClientName, clientNames, type Ending, type Fault } from './hostile/fault.ts';
import { faultsByPlace } from './hostile/faults.ts';
import { type HostileOrigin, startHostileOrigin } from './hostile/origin.ts';

let origin: HostileOrigin;
let clients: ReadonlyMap<ClientName, HostileClient>;

beforeAll(async () => {
  origin = await startHostileOrigin();
  const allowHosts = origin.ports.map((port) => `${origin.host}:${port}`);
  const network: NetworkRule = { kind: 'public', allowHosts };
  clients = new Map(clientNames.map((name) => [name, openClient(name, network)]));
});

afterAll(async () => {
  for (const client of clients.values()) client.close();
  await origin.close();
});

const hurries = { idle: { idleTimeoutMs: soonMs }, total: { timeoutMs: soonMs } } as const;

function endingOf({ ends, but, endedBy }: Fault, name: ClientName): Ending {
  return name === 'ckan' && endedBy ? { as: 'timeout', says: 'stopped: component_timeout' } : (but?.[name] ?? ends);
}

async function suffer(fault: Fault, name: ClientName): Promise<void> {
  const client = clients.get(name) as HostileClient;
  const place = origin.open(fault.play, fault.scheme);
  const { failure, probed, leftovers } = await client.run(place.baseUrl, fault.endedBy && hurries[fault.endedBy]);
  const { as, says = '' } = endingOf(fault, name);
  expect({ as: failure?.class ?? 'success', message: failure?.message ?? '' }).toEqual({
    as,
    message: expect.stringContaining(says),
  });
  if (failure && fault.retryAfterMs !== undefined) expect(failure.retryAfterMs ?? null).toBe(fault.retryAfterMs);
  expect(JSON.stringify([failure, probed])).not.toMatch(/hidden|hunter22|[^\P{Cc}\n\t]|\\u00[01]/u);
  expect(JSON.stringify(failure ?? null).length).toBeLessThan(30_000);
  expect(leftovers).toEqual([]);
  if (fault.scheme) return;
  place.heal();
  expect(await client.probe(place.baseUrl)).toBeUndefined();
}

describe.each(Object.entries(faultsByPlace))('%s', (_place, faults) => {
  it.each(faults.map((fault) => [fault.sends, fault] as const))('%s', async (_sends, fault) => {
    await Promise.all((fault.clients ?? clientNames).map((name) => suffer(fault, name)));
  });
});

it('after all of that every client succeeds at a healthy upstream, and leaves nothing but what it landed', async () => {
  const place = origin.open(() => undefined);
  place.heal();
  for (const client of clients.values()) {
    expect(await client.run(place.baseUrl), client.name).toEqual({ leftovers: [] });
  }
});

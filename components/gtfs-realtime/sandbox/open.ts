import { join } from 'node:path';
import type { SandboxHandler, SandboxRequest, SandboxResponse, SandboxWorld } from 'signalbox';
import { listNames } from '../../sandbox/data-directory.ts';
import { instantOf, parseDay } from '../../sandbox/day.ts';
import { fileResponse, validatedResponse } from '../../sandbox/response.ts';
import { type FeedName, feedNames, keySecret } from '../feeds.ts';
import { sandboxSecrets } from './access.ts';
import { emptyFeed, generatedFeed } from './feeds.ts';

const root = '/opendata/public-transport/gtfs/realtime/v1/metro/';
const contentType = 'application/x-protobuf';

/** Answers for one feed; called at each request. */
type Answer = (feed: FeedName) => Promise<SandboxResponse>;

export async function openFeeds(world: SandboxWorld): Promise<SandboxHandler> {
  return world.directory === undefined ? generated(world) : fromFiles(world.directory);
}

function generated({ seed, date }: SandboxWorld): SandboxHandler {
  const day = parseDay(date);
  return handler('generated', async (feed) =>
    // Half past seven in the morning in Melbourne, in winter.
    validatedResponse(generatedFeed(feed, seed, day), contentType, instantOf(day - 1, '21:30:00')),
  );
}

async function fromFiles(directory: string): Promise<SandboxHandler> {
  const expected = feedNames.map((feed) => `${feed}.pb`);
  const names = await listNames(directory);
  if (names.length === 0 || names.some((name) => !expected.includes(name))) {
    throw new Error(
      `expected ${directory} to hold some of ${expected.join(', ')}; got ${names.join(', ') || 'nothing'}`,
    );
  }
  return handler('files', async (feed) =>
    names.includes(`${feed}.pb`)
      ? fileResponse(join(directory, `${feed}.pb`), contentType)
      : { status: 200, headers: { 'content-type': contentType }, body: emptyFeed() },
  );
}

function handler(mode: SandboxHandler['mode'], answer: Answer): SandboxHandler {
  return {
    mode,
    handle: async (request: SandboxRequest) => {
      const feed = feedNames.find((one) => request.path === root + one);
      if (request.headers.keyid !== sandboxSecrets[keySecret]) return text(401, 'Failed to find key field: KeyId');
      return feed
        ? answer(feed)
        : text(404, `no such feed; the sandbox has ${feedNames.map((one) => root + one).join(', ')}`);
    },
  };
}

function text(status: number, body: string): SandboxResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

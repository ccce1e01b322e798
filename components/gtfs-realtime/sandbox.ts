import type { SandboxPart } from 'signalbox';
import { feedNames } from './feeds.ts';
import { sandboxSecrets } from './sandbox/access.ts';

/** Stands in for the metropolitan train feeds. The schedule's sandbox has every trip, route and stop that they name. */
export const realtimeSandbox: SandboxPart = {
  name: 'gtfs-realtime',
  layout: [
    ...feedNames.map((feed) => `${feed}.pb, served byte for byte`),
    'at least one of the three; one that is not there is served as a feed without entities',
  ],
  secrets: sandboxSecrets,
  open: async (world) => (await import('./sandbox/open.ts')).openFeeds(world),
};

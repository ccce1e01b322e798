import type { SandboxPart } from 'signalbox';
import { resources, sandboxSecrets } from './sandbox/access.ts';

/** Stands in for the Timetable API v3: it checks signatures over the very bytes, and sends no validators. */
export const ptvSandbox: SandboxPart = {
  name: 'ptv-timetable',
  layout: [
    ...resources.map((resource) => `${resource}.json, the full body of /v3/${resource}`),
    'at least one of the two; one that is not there is served as an empty list',
  ],
  secrets: sandboxSecrets,
  open: async (world) => (await import('./sandbox/open.ts')).openTimetable(world),
};

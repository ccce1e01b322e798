import type { SandboxPart } from 'signalbox';

/** Stands in for the schedule feed: a zip of numbered folders, or real files, with validators. */
export const gtfsSandbox: SandboxPart = {
  name: 'gtfs-schedule',
  layout: ['one *.zip, served byte for byte', 'or numbered folders, N/google_transit.zip, packed into one outer zip'],
  open: async (world) => (await import('./sandbox/open.ts')).openSchedule(world),
};

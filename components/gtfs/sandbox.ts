import type { SandboxPart } from 'signalbox';
import { scheduleFiles } from './sandbox/files.ts';
import { generatedSchedule } from './sandbox/generated.ts';

/** Stands in for the schedule feed: a zip of numbered folders, or real files, with validators. */
export const gtfsSandbox: SandboxPart = {
  name: 'gtfs-schedule',
  layout: ['one *.zip, served byte for byte', 'or numbered folders, N/google_transit.zip, packed into one outer zip'],
  open: async (world) => (world.directory === undefined ? generatedSchedule(world) : scheduleFiles(world.directory)),
};

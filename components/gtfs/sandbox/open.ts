import type { SandboxHandler, SandboxWorld } from 'signalbox';
import { scheduleFiles } from './files.ts';
import { generatedSchedule } from './generated.ts';

export async function openSchedule(world: SandboxWorld): Promise<SandboxHandler> {
  return world.directory === undefined ? generatedSchedule(world) : scheduleFiles(world.directory);
}

import { loadProject } from '../../../config/load.ts';
import { exitCodes } from '../exit-codes.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { renderSchema } from './db-status.ts';

export async function databaseMigrate(terminal: Terminal): Promise<number> {
  // Opening it is what brings it up to date.
  const status = await withState(loadProject(), (state) => state.migrationStatus());
  terminal.out(renderSchema(status));
  return exitCodes.success;
}

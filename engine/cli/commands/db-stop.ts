import { loadProject } from '../../../config/load.ts';
import { stopEmbedded } from '../../../state/embedded/stop-embedded.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export async function databaseStop(terminal: Terminal): Promise<number> {
  const { home, databaseUrl } = loadProject();
  if (databaseUrl !== undefined) {
    const hint = 'That server is somebody else’s to stop; unset DATABASE_URL to stop the embedded one.';
    throw new UsageError('expected the embedded database, got DATABASE_URL', hint);
  }
  const result = await stopEmbedded({ home });
  if (result.stopped) terminal.out(`stopped the embedded database, process ${result.pid}\n`);
  else if (result.reason === 'in_use') throw inUse(result);
  else terminal.out('the embedded database does not run\n');
  return exitCodes.success;
}

export function inUse({ processes, clients }: { readonly processes: number; readonly clients: number }): UsageError {
  const got = `${processes} engine processes and ${clients} connections`;
  const message = `expected nobody to use the embedded database, got ${got}`;
  return new UsageError(message, 'Wait for the runs to end, and do this again.', exitCodes.busy);
}

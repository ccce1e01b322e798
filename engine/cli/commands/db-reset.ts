import { loadProject } from '../../../config/load.ts';
import { destroyEmbedded } from '../../../state/embedded/destroy-embedded.ts';
import { exitCodes } from '../exit-codes.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { inUse } from './db-stop.ts';

export async function databaseReset(terminal: Terminal, { yes }: { readonly yes?: boolean }): Promise<number> {
  const { home, databaseUrl } = loadProject();
  const what = databaseUrl === undefined ? `the embedded database in ${home}` : 'the tables of DATABASE_URL';
  if (!yes) {
    throw new UsageError(`expected --yes, got none: this removes ${what}`, 'All runs and manifests are forgotten.');
  }
  if (databaseUrl === undefined) {
    const result = await destroyEmbedded({ home });
    if ('reason' in result) throw inUse(result);
  } else {
    // Not migrated first: a schema that a newer engine made can be removed, too.
    await withState({ home, databaseUrl }, (state) => state.reset(), { migrate: false });
  }
  terminal.out(`removed ${what}; published files are still where they were\n`);
  return exitCodes.success;
}

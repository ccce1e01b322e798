import { statSync } from 'node:fs';
import { loadProject } from '../../../config/load.ts';
import { type Restored, restoreBackup, verifyBackup } from '../../../state/backup/restore-backup.ts';
import { writeBackup } from '../../../state/backup/write-backup.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { showTime } from '../../model/show-time.ts';
import { formatBytes, formatNumber } from '../../report/quantity.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Copies what is recorded as it stands; runs go on meanwhile. */
export async function databaseBackup(terminal: Terminal, { output }: OutputFlags, file: string): Promise<number> {
  const written = await withState(
    loadProject(),
    async (state) => {
      const { version } = await state.migrationStatus();
      if (version === 0) throw new UsageError(`expected tables to back up at ${state.place}, got none so far`);
      return await state.upkeep('be copied', (client) => writeBackup(client, file, systemClock.now()));
    },
    { migrate: false },
  );
  if (output === 'json') printJson(terminal, { file, ...written });
  else
    terminal.out(`wrote ${file}, ${formatBytes(statSync(file).size)}: ${contents(written)}\nwithout published files\n`);
  return exitCodes.success;
}

interface RestoreFlags extends OutputFlags {
  readonly verify?: boolean;
}

/** Into an empty database; with --verify nowhere, only to see that it could be. */
export async function databaseRestore(
  terminal: Terminal,
  { output, verify = false }: RestoreFlags,
  file: string,
): Promise<number> {
  const work = verify ? verifyBackup : restoreBackup;
  const doing = verify ? 'prove a backup' : 'be restored';
  const { manifest, violations } = await withState(
    loadProject(),
    (state) => state.upkeep(doing, (client) => work(client, file)),
    { migrate: false },
  );
  const isWhole = violations.length === 0;
  if (output === 'json') printJson(terminal, { file, restored: !verify, ...manifest, violations });
  else {
    terminal.out(`${verify ? 'could restore' : 'restored'} ${file}: ${contents(manifest)}\n`);
    for (const { invariant, found } of violations) terminal.err(`${invariant}: ${found}\n`);
    if (!isWhole) terminal.err('so it was recorded: `doctor` tells how to mend it\n');
  }
  return isWhole ? exitCodes.success : exitCodes.failed;
}

function contents({ schemaVersion, takenAt, tables }: Omit<Restored['manifest'], 'format'>): string {
  const rows = tables.reduce((sum, part) => sum + part.rows, 0);
  const of = `${formatNumber(rows)} rows of ${tables.length} tables`;
  return `${of}, schema version ${schemaVersion}, as of ${showTime(new Date(takenAt))}`;
}

import { programName } from '../../model/program.ts';
import type { OutputFlags } from '../print.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { backfillCreate } from './backfill.ts';

interface ClearFlags extends OutputFlags {
  readonly env?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly component?: readonly string[];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/**
 * Takes the slots of a span for slots that had no run: a backfill of all of them, left to the ticks. What they have made
 * stays on record.
 */
export async function clear(terminal: Terminal, flags: ClearFlags, name: string): Promise<number> {
  if (!flags.dryRun && !flags.yes) {
    const hint = `See first which slots: ${programName} clear ${name} … --dry-run`;
    throw new UsageError('expected --yes, got none: every slot of the span gets a run again', hint);
  }
  const terms = { dag: name, reprocess: 'completed', maxActive: 1, detach: true, clears: true } as const;
  return await backfillCreate(terminal, { ...flags, ...terms });
}

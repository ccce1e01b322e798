import { rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { type CleanCounts, type CleanRequest, countOld, removeOld } from '../../../state/retention/clean-history.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { showTime } from '../../model/show-time.ts';
import { formatNumber } from '../../report/quantity.ts';
import { type CleanTerms, cleanTerms } from '../clean/clean-terms.ts';
import { removeArtifacts } from '../clean/remove-artifacts.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withEnvironment } from '../project.ts';
import { requireEnvironment } from '../require-environment.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface CleanFlags extends OutputFlags {
  readonly env?: string;
  readonly before?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface Cleaned {
  readonly environment: string;
  readonly before: CleanTerms;
  readonly dryRun: boolean;
  readonly rows: CleanCounts;
  readonly files: { readonly logs: number; readonly quarantined: number; readonly versions: number };
}

/** Forgets what is old, and spares what the next runs decide by. */
export async function databaseClean(terminal: Terminal, flags: CleanFlags): Promise<number> {
  const environment = requireEnvironment(flags.env);
  const { dryRun = false, yes = false } = flags;
  if (!dryRun && !yes) {
    const hint = `There is no way back. --dry-run tells what would be removed in ${environment}.`;
    throw new UsageError('expected --yes or --dry-run, got neither', hint);
  }
  const cleaned = await clean(environment, flags.before, dryRun);
  if (flags.output === 'json') printJson(terminal, cleaned);
  else terminal.out(render(cleaned));
  return exitCodes.success;
}

function clean(environment: string, before: string | undefined, dryRun: boolean): Promise<Cleaned> {
  return withEnvironment(environment, async (state, { home, storageRoot, settings }) => {
    const at = systemClock.now();
    const terms = cleanTerms(settings, before, at);
    // First: the runs say whose logs these are.
    const artifacts = await removeArtifacts({ environment, home, storageRoot, before: terms.artifacts, dryRun }, state);
    const who = userInfo().username;
    const request: CleanRequest = { environment, before: terms.history, versionsBefore: terms.versions, who, at };
    let versions = 0;
    const onPaths = async (paths: readonly string[]) => {
      versions += paths.length;
      if (!dryRun) for (const path of paths) await removeVersion(storageRoot, path);
    };
    const work = dryRun ? countOld : removeOld;
    const rows = await state.upkeep('be cleaned', (client) => work(client, request, onPaths));
    return { environment, before: terms, dryRun, rows, files: { ...artifacts, versions } };
  });
}

async function removeVersion(storageRoot: string, path: string): Promise<void> {
  const file = join(storageRoot, path);
  if (relative(storageRoot, file).startsWith('..'))
    throw new Error(`Internal error: ${path} leads out of the storage root`);
  await rm(file, { force: true });
}

const nouns: readonly (readonly [keyof CleanCounts, string])[] = [
  ['run', 'runs'],
  ['component_run', 'component runs'],
  ['attempt', 'attempts'],
  ['slot', 'slots'],
  ['backfill', 'backfills'],
  ['dataset_version', 'versions of datasets'],
  ['owner', 'processes'],
];

function render({ environment, before, dryRun, rows, files }: Cleaned): string {
  const counted = nouns.map(([table, noun]) => `${formatNumber(rows[table] ?? 0)} ${noun}`).join(', ');
  const versions = before.versions
    ? `superseded versions from before ${showTime(before.versions)}`
    : 'every version stays';
  return [
    `${dryRun ? 'would remove' : 'removed'} in ${environment}: ${counted}`,
    `and the logs of ${formatNumber(files.logs)} runs, ${formatNumber(files.quarantined)} files of quarantined records, ${formatNumber(files.versions)} published files`,
    `history from before ${showTime(before.history)}, logs and quarantine from before ${showTime(before.artifacts)}; ${versions}`,
    '',
  ].join('\n');
}

import { lstatSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';
import { type EmbeddedLayout, embeddedLayout } from './layout.ts';
import { type StopEmbeddedOptions, type StopEmbeddedResult, stopEmbedded } from './stop-embedded.ts';

export type DestroyEmbeddedResult = { readonly destroyed: true } | Extract<StopEmbeddedResult, { reason: 'in_use' }>;

/** Stops the server and removes its data, for a reset. Nothing outside the home is touched but its own socket folder. */
export async function destroyEmbedded(options: StopEmbeddedOptions): Promise<DestroyEmbeddedResult> {
  const layout = embeddedLayout(options.home);
  const stop = await stopEmbedded(options);
  if (!stop.stopped && stop.reason === 'in_use') return stop;
  removeDatabaseFolder(layout);
  removeSocketFolder(layout);
  return { destroyed: true };
}

/** Renamed first: a removal cut short must not leave a folder that looks like a database. */
function removeDatabaseFolder(layout: EmbeddedLayout): void {
  const { databaseDir, home } = layout;
  if (!lstatSync(databaseDir, { throwIfNoEntry: false })) return;
  requireInside(databaseDir, home);
  const doomed = join(home, `database.gone-${process.pid}`);
  renameSync(databaseDir, doomed);
  rmSync(doomed, { recursive: true, force: true });
}

function removeSocketFolder({ socketDir }: EmbeddedLayout): void {
  const found = lstatSync(socketDir, { throwIfNoEntry: false });
  const uid = process.getuid?.();
  if (found?.isDirectory() && (uid === 0 || found.uid === uid)) rmSync(socketDir, { recursive: true, force: true });
}

function requireInside(folder: string, home: string): void {
  const real = realpathSync(folder);
  if (real.startsWith(realpathSync(home) + sep)) return;
  throw new EmbeddedError({
    expected: `${folder} to lie inside ${home}`,
    got: `a link to ${real}`,
    hint: 'Remove that folder yourself: a reset removes nothing outside the home.',
  });
}

import { join } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { findDataset } from '../find-dataset.ts';
import { type NewestFlags, newestVersions } from '../newest-versions.ts';
import type { Terminal } from '../terminal.ts';

export async function dataPath(terminal: Terminal, flags: NewestFlags, dataset: string): Promise<number> {
  const { newest, storageRoot } = await newestVersions(flags);
  terminal.out(`${join(storageRoot, findDataset(dataset, newest, flags).path)}\n`);
  return exitCodes.success;
}

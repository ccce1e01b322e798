import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunState } from './run-state.ts';
import { attemptFolderName } from './task.ts';

/**
 * Removes the folders that attempts of killed engines left behind. Whoever holds the claim of a component is the only one
 * at work on it, so a folder under another fence is nobody's. What resists is tried again by the next run.
 */
export async function sweepLeftovers({ info, fences, ports }: RunState): Promise<void> {
  for (const folder of [join('curated', '.staging'), 'scratch']) {
    const path = join(ports.storageRoot, folder);
    const names = await readdir(path).catch((): readonly string[] => []);
    const left = names.filter((name) => isLeftover(name, info.dag, fences));
    await Promise.allSettled(left.map((name) => rm(join(path, name), { recursive: true, force: true })));
  }
}

function isLeftover(name: string, dag: string, fences: ReadonlyMap<string, number>): boolean {
  const found = attemptFolderName.exec(name)?.groups;
  const fence = found?.dag === dag ? fences.get(found.component ?? '') : undefined;
  return fence !== undefined && Number(found?.fence) !== fence;
}

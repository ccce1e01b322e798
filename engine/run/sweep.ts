import { readdir, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { attemptFolderName } from '../model/attempt-folder.ts';
import { finishPublication } from './publish.ts';
import type { RunState } from './run-state.ts';

const stagingFolder = join('curated', '.staging');

/**
 * Cleans up after the attempts of killed engines. Whoever holds the claim of a component is the only one at work on it, so
 * a folder under another fence is nobody's. Asks what the last successes left, so it comes after that is read. What resists
 * is tried again by the next run.
 */
export async function sweepLeftovers(state: RunState): Promise<void> {
  const { storageRoot } = state.ports;
  const staging = await leftIn(join(storageRoot, stagingFolder), state);
  const scratch = await leftIn(join(storageRoot, 'scratch'), state);
  await Promise.allSettled([
    ...staging.map(({ name, component }) => takeBack(join(storageRoot, stagingFolder, name), component, state)),
    ...scratch.map(({ name }) => remove(join(storageRoot, 'scratch', name))),
  ]);
}

interface Leftover {
  readonly name: string;
  readonly component: string;
}

async function leftIn(folder: string, { info, fences }: RunState): Promise<readonly Leftover[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const { dag, component = '', fence } = attemptFolderName.exec(name)?.groups ?? {};
    const own = dag === info.dag ? fences.get(component) : undefined;
    return own === undefined || Number(fence) === own ? [] : [{ name, component }];
  });
}

/**
 * The engine died between giving files their names and finishing: before the commit they were never published and their
 * names go; after it only the pointers are old.
 */
async function takeBack(staging: string, component: string, { info, lastSuccesses, ports }: RunState): Promise<void> {
  const { storageRoot, memory } = ports;
  const named = await finalNames(staging, storageRoot);
  const published = named.length === 0 ? new Set() : await memory.publishedPaths(info.environment, named);
  await Promise.all(named.filter((path) => !published.has(path)).map((path) => remove(join(storageRoot, path))));
  const newest = lastSuccesses.get(component)?.datasets ?? [];
  const isNewest = newest.some(({ path }) => published.has(path));
  const publication = { storageRoot, staging, advances: true };
  await (isNewest ? finishPublication(newest, publication, memory) : remove(staging));
}

/** A final name is a link, so it shares its inode with the staged file. Relative to the storage root. */
async function finalNames(staging: string, storageRoot: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await namesIn(staging)) {
    const { ino, nlink } = await stat(join(staging, file), { bigint: true });
    const folder = join('curated', parse(file).name);
    for (const name of nlink > 1n ? await namesIn(join(storageRoot, folder)) : []) {
      const other = await stat(join(storageRoot, folder, name), { bigint: true });
      if (other.ino === ino) found.push(join(folder, name));
    }
  }
  return found;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function remove(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetVersion } from '../model/dataset.ts';
import type { MemoryStore } from '../model/ports.ts';
import { removeIfPossible } from './remove-if-possible.ts';

export type Manifest = Pick<MemoryStore, 'publishedPaths'>;

/** What counts of a pointer that is there. */
type Pointer = Pick<DatasetVersion, 'id' | 'environment' | 'dag' | 'path'> & { readonly publishedAt: string };

/** Each time another pointer had come in between. */
const looksMax = 10;

/**
 * Points readers without a database to a version, in one step. Never back: an engine that was held up after its commit finds
 * the pointer of a newer version, by the order of the manifest, and leaves it. One that no manifest knows any more, because
 * the history was forgotten, is in nobody's way.
 */
export async function pointTo(version: DatasetVersion, storageRoot: string, manifest: Manifest): Promise<void> {
  const folder = join(storageRoot, 'curated', version.dataset);
  const [temporary, pointer] = [join(folder, `._latest.${version.id}`), join(folder, '_latest.json')];
  try {
    writeFileSync(temporary, `${JSON.stringify(version, null, 2)}\n`, { flush: true });
    let stale: string | undefined;
    for (let look = 0; look < looksMax; look += 1) {
      const there = readPointer(pointer);
      // Nothing comes between this look and the rename but what stops the whole process just there.
      if (!there || there.id === stale || !isNewer(there, version)) return renameSync(temporary, pointer);
      const { environment, path, id } = there;
      if ((await manifest.publishedPaths(environment, [path])).has(path)) return;
      stale = id;
    }
  } finally {
    removeIfPossible(temporary);
  }
}

function isNewer(there: Pointer, { dag, publishedAt, id }: DatasetVersion): boolean {
  const lead = Date.parse(there.publishedAt) - publishedAt.getTime();
  return there.dag === dag && (lead > 0 || (lead === 0 && there.id > id));
}

/** Undefined when there is none that can be read: then it is written. */
function readPointer(path: string): Pointer | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Pointer;
  } catch {
    return undefined;
  }
}

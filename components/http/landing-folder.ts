import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LandedBody } from 'signalbox';
import { onDisk } from 'signalbox';
import type { Bytes } from './decode.ts';

const bodyName = /^[0-9a-f]{64}$/;
const temporaryName = /^\.[0-9a-f-]{36}\.part$/;
/** No download is silent for so long: whoever wrote the file is gone. */
const staleAfterMs = 3_600_000;

/**
 * Writes a body to `<directory>/<sha256>`, hashed while it streams and durable before it has that name. Whatever goes
 * wrong, nothing else is left behind. A disk that refuses is an `infra` failure; errors of `chunks` pass through.
 */
export async function landBody(chunks: Bytes, directory: string): Promise<LandedBody> {
  const temporary = join(directory, `.${randomUUID()}.part`);
  await onDisk('make', directory, () => mkdir(directory, { recursive: true }));
  try {
    const { sha256, bytes } = await write(chunks, temporary);
    const path = join(directory, sha256);
    // Equal content under an equal name: replacing it under a reader or another writer harms neither.
    if (!(await isLanded({ path, bytes }))) await onDisk('write', path, () => rename(temporary, path));
    return { path, sha256, bytes };
  } finally {
    await removeTemporary(temporary);
  }
}

/** What resists twice is swept once it is stale; whatever went wrong before counts. */
async function removeTemporary(path: string): Promise<void> {
  const remove = () => rm(path, { force: true });
  await remove()
    .catch(remove)
    .catch(() => undefined);
}

/** True when the file is there with its size. */
export async function isLanded(body: { readonly path: string; readonly bytes: number }): Promise<boolean> {
  const found = await stat(body.path).catch(() => undefined);
  return found?.isFile() === true && found.size === body.bytes;
}

/**
 * Removes bodies whose sha256 is not in `keep`, and temporary files that a dead process left. Files of any other name
 * stay. For whoever holds the claim on the folder's component: a body just landed by another is in nobody's evidence yet.
 */
export async function sweepLanding(directory: string, keep: ReadonlySet<string>): Promise<void> {
  const names = await onDisk('read', directory, () => readdir(directory).catch(absentAsEmpty));
  for (const name of names) {
    const path = join(directory, name);
    const isUnkept = bodyName.test(name) && !keep.has(name);
    if (!isUnkept && !(temporaryName.test(name) && (await isStale(path)))) continue;
    await onDisk('remove', path, () => rm(path, { force: true }));
  }
}

async function write(chunks: Bytes, path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await onDisk('write', path, () => open(path, 'wx'));
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      await onDisk('write', path, () => file.writeFile(chunk));
    }
    await onDisk('write', path, () => file.sync());
  } finally {
    await onDisk('write', path, () => file.close());
  }
  return { sha256: hash.digest('hex'), bytes };
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleAfterMs;
}

function absentAsEmpty(error: unknown): readonly string[] {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
  throw error;
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { landBody } from '../../../../components/http/landing-folder.ts';
import type { Stamp } from '../stamp.ts';

/** What was seen of one file. */
export interface SeenFile {
  /** Absent for a file that was too young to be told by it. */
  readonly stamp?: Stamp;
  readonly sha256: string;
}

/** By path relative to the root. */
export type SeenFiles = ReadonlyMap<string, SeenFile>;

/**
 * Stamps and digests of the files of a glob are a note for the next time, kept under `landing/` by its own sha256, and no
 * evidence: when it is gone, the files are read again.
 */
export async function writeIndex(files: SeenFiles, landing: string): Promise<string> {
  const flat = [...files].flatMap(([path, { stamp = '', sha256 }]) => [path, stamp, sha256]);
  const { sha256 } = await landBody(chunksOf(Buffer.from(JSON.stringify(flat))), landing);
  return sha256;
}

/** Empty when there is none, or it is not what it was. */
export function readIndex(sha256: string | undefined, landing: string): SeenFiles {
  const text = sha256 === undefined ? undefined : readWhole(join(landing, sha256));
  if (text === undefined || createHash('sha256').update(text).digest('hex') !== sha256) return new Map();
  const flat = JSON.parse(text.toString('utf8')) as readonly string[];
  const files = new Map<string, SeenFile>();
  for (let at = 0; at < flat.length; at += 3) {
    const [path, stamp, digest] = flat.slice(at, at + 3) as [string, string, string];
    files.set(path, { sha256: digest, ...(stamp === '' ? {} : { stamp: stamp as Stamp }) });
  }
  return files;
}

function readWhole(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

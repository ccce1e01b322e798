import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** A file as it was when it was read into a bundle. */
export interface TrackedFile {
  readonly path: string;
  readonly bytes: number;
  readonly modifiedMs: number;
  /** When it was read. */
  readonly readMs: number;
  readonly sha256: string;
}

/** File systems that keep coarse times cannot tell two writes in such a span apart. */
const coarsestTimeMs = 2_000;

export function readTracked(path: string): { readonly content: Buffer; readonly file: TrackedFile } {
  // The state first: a write between the two steps then shows as a change, never as none.
  const { size, mtimeMs } = statSync(path);
  const readMs = Date.now();
  const content = readFileSync(path);
  return { content, file: { path, bytes: size, modifiedMs: mtimeMs, readMs, sha256: sha256(content) } };
}

/** Asks size and time first and reads the file only where these leave a doubt. */
export function isUnchanged(file: TrackedFile): boolean {
  const state = statSync(file.path, { throwIfNoEntry: false });
  if (state === undefined || state.size !== file.bytes) return false;
  const settled = file.readMs - file.modifiedMs > coarsestTimeMs;
  if (settled && state.mtimeMs === file.modifiedMs) return true;
  return sha256(readFileSync(file.path)) === file.sha256;
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

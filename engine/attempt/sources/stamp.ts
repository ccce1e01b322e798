import type { BigIntStats } from 'node:fs';

/** What tells cheaply that a file is still the same one, with the same content: inode, size, mtime in nanoseconds. */
export type Stamp = `${bigint} ${bigint} ${bigint}`;

/**
 * File systems stamp by the tick of a clock, the coarsest by 2 s (FAT). A file that was written this short before it was
 * looked at can be written again without another stamp: what is so young vouches for nothing.
 */
const youngMs = 2_000;

/** Undefined for a file that is too young to be told by its stamp. */
export function stampOf({ ino, size, mtimeNs, mtimeMs }: BigIntStats, nowMs: number): Stamp | undefined {
  return Number(mtimeMs) > nowMs - youngMs ? undefined : `${ino} ${size} ${mtimeNs}`;
}

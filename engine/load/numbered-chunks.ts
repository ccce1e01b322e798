import { basename } from 'node:path';
import type { OutputFile } from 'esbuild';

/** A file of a bundle. */
export interface BundleFile {
  readonly name: string;
  readonly text: string;
}

/** For esbuild: what chunks are called before they have numbers. */
export const hashedNames = 'chunk-[hash]';

const hashedName = /(?<=\bchunk-)[A-Z0-9]{8}(?=\.mjs\b)/g;

/**
 * Gives the chunks numbers, in esbuild's order, in place of its hashes: those are also over the addresses of packages,
 * which differ between machines. A number is as long as a hash, so that the columns of the source maps hold.
 */
export function numberedChunks(files: readonly OutputFile[]): readonly BundleFile[] {
  const hashes = new Set(files.flatMap(({ path }) => basename(path).match(hashedName) ?? []));
  const numbers = new Map([...hashes].map((hash, index) => [hash, String(index + 1).padStart(hash.length, '0')]));
  const numbered = (text: string) => text.replaceAll(hashedName, (hash) => numbers.get(hash) ?? hash);
  return files.map(({ path, text }) => ({ name: numbered(basename(path)), text: numbered(text) }));
}

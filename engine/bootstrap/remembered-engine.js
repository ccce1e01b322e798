import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Two writes in one tick of a coarse file system look like one. */
const coarsestTimeMs = 2_000;

/** @typedef {{ hash: string, checkedMs: number, files: readonly [path: string, bytes: number, changedMs: number][] }} Remembered */

/**
 * The hash found by an earlier start, if no file it was read from has changed since: 240 times the state of a file in
 * 2 ms, where finding and reading them takes 11. A file that is new has no effect before one that is known imports it.
 * The time is that of the last change of any kind, which no tool that restores modification times can set.
 * @param {string} root @param {string} memory file
 * @returns {string | undefined}
 */
export function rememberedHash(root, memory) {
  const remembered = read(memory);
  if (remembered === undefined) return undefined;
  const newest = remembered.checkedMs - coarsestTimeMs;
  for (const [path, bytes, changedMs] of remembered.files) {
    // Joined by hand: to normalise some hundred paths takes as long as to ask for their states.
    const state = stateOf(root + sep + path);
    if (state.bytes !== bytes || state.changedMs !== changedMs || changedMs > newest) return undefined;
  }
  return remembered.hash;
}

/**
 * @param {string} root @param {string} memory file
 * @param {{ hash: string, files: readonly string[], checkedMs: number }} found `checkedMs`: before the files were read
 */
export function rememberHash(root, memory, { hash, files, checkedMs }) {
  const draft = `${memory}.${process.pid}`;
  try {
    const states = files.map((path) => ({ path, ...stateOf(join(root, path)) }));
    /** @type {Remembered} */
    const remembered = { hash, checkedMs, files: states.map(({ path, bytes, changedMs }) => [path, bytes, changedMs]) };
    writeFileSync(draft, JSON.stringify(remembered));
    renameSync(draft, memory);
  } catch {
    // Not writable, or not there before the first build: the next start reads them all again.
  }
}

/** @param {string} file */
function stateOf(file) {
  const state = statSync(file, { throwIfNoEntry: false });
  return state ? { bytes: state.size, changedMs: state.ctimeMs } : { bytes: -1, changedMs: 0 };
}

/** @param {string} memory @returns {Remembered | undefined} */
function read(memory) {
  try {
    return JSON.parse(readFileSync(memory, 'utf8'));
  } catch {
    return undefined;
  }
}

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** This file is copied beside the script that it loads (see bundle-engine.js). */
const folder = import.meta.dirname;
const file = join(folder, 'engine.cjs');

/** @typedef {typeof import('../exports/entries.js')} Engine */
/** @typedef {{ code: Uint8Array, initialised: number }} Kept */

/** @type {Engine | undefined} */
let engine;

/**
 * The compiled engine of this process, one for all who ask. Reading the code that V8 made of it in an earlier process
 * takes a tenth of the time of compiling it; modules of Node know that only from Node 22 on.
 * @param {string} [kind] `main` or `child`: what is compiled here is kept for the next process of that kind. Left out
 * by those who run in somebody else's process: they read what `main` keeps.
 * @returns {Engine}
 */
export function loadEngine(kind) {
  engine ??= run(join(folder, '.compiled', `${kind ?? 'main'}-${nodeName}.bin`), kind !== undefined);
  return engine;
}

const nodeName = `${process.version}-${process.arch}`;

/** @param {string} url */
const importModule = (url) => import(url);

/** @param {string} keptFile @param {boolean} isKeeping @returns {Engine} */
function run(keptFile, isKeeping) {
  const kept = readKept(keptFile);
  const source = readFileSync(file, 'latin1');
  const script = new Script(source, { filename: file, ...(kept && { cachedData: kept.code }) });
  const load = createRequire(file);
  let initialised = 0;
  /** Each module asks for those of Node that it uses when it is initialised. @param {string} name */
  const countingRequire = (name) => {
    initialised += 1;
    return load(name);
  };
  const module = { exports: {} };
  script.runInThisContext()(module, countingRequire, pathToFileURL(file).href, importModule);
  if (isKeeping) {
    process.once('exit', (exitCode) => {
      const known = kept && !script.cachedDataRejected ? kept.initialised : -1;
      if (exitCode === 0 && initialised > known) keep(keptFile, script.createCachedData(), initialised);
    });
  }
  return /** @type {Engine} */ (module.exports);
}

/** Behind the code stand its checksum and how much was initialised, four bytes each. */
const trailerBytes = 8;

/**
 * V8 would crash on code that a disk gave back damaged, or that a loss of power cut short.
 * @param {string} keptFile @returns {Kept | undefined}
 */
function readKept(keptFile) {
  try {
    const bytes = readFileSync(keptFile);
    const end = bytes.length - trailerBytes;
    const code = bytes.subarray(0, end);
    if (crc32(code) === bytes.readUInt32LE(end)) return { code, initialised: bytes.readUInt32LE(end + 4) };
  } catch {
    // Not made yet.
  }
  return undefined;
}

/** @param {string} keptFile @param {Buffer} code @param {number} initialised */
function keep(keptFile, code, initialised) {
  const trailer = Buffer.alloc(trailerBytes);
  trailer.writeUInt32LE(crc32(code));
  trailer.writeUInt32LE(initialised, 4);
  const draft = `${keptFile}.${process.pid}`;
  try {
    mkdirSync(dirname(keptFile), { recursive: true });
    writeFileSync(draft, Buffer.concat([code, trailer]));
    renameSync(draft, keptFile);
  } catch {
    // A read-only installation compiles at each start.
  }
}

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourcePositions } from './source-position.js';

/** Files that carry a source map: those of the compiled engine and of DAG bundles. */
const compiled = /[\\/]engine[\\/]dist[\\/]|\.dag[\\/][^\\/]+\.mjs$/;
const mapComment = /\/\/# sourceMappingURL=(\S+)\s*$/;
const mapCommentLength = 300;

/** @type {Map<string, ReturnType<typeof sourcePositions> | undefined>} */
const maps = new Map();

/** @type {PropertyDescriptor | undefined} */
let before;
let underway = 0;

/**
 * Makes every stack trace of this process name the TypeScript that was written. In place of
 * `process.setSourceMapsEnabled(true)`, which reads the maps of all loaded files at each start (30 ms): here a
 * map is read when a trace that needs it is printed. For processes of our own only, not for those we are embedded in.
 */
export function mapStackTraces() {
  Error.prepareStackTrace = mappedStack;
}

/**
 * The same for as long as `work` goes on: also in somebody else's process the errors of a DAG file name its lines.
 * @template T @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function withMappedStackTraces(work) {
  if (underway++ === 0) before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  mapStackTraces();
  try {
    return await work();
  } finally {
    if (--underway === 0) Object.defineProperty(Error, 'prepareStackTrace', before ?? { value: undefined });
  }
}

/** @param {Error} error @param {readonly NodeJS.CallSite[]} sites */
function mappedStack(error, sites) {
  return [heading(error), ...sites.map((site) => `    at ${frame(site)}`)].join('\n');
}

/** As Node prints it: its own errors with their code. @param {Error} error */
function heading(error) {
  const code =
    'code' in error && typeof error.code === 'string' && error.code.startsWith('ERR_') ? error.code : undefined;
  return code === undefined ? Error.prototype.toString.call(error) : `${error.name} [${code}]: ${error.message}`;
}

/** @param {NodeJS.CallSite & { toString(): string }} site */
function frame(site) {
  const text = site.toString();
  const file = site.getFileName();
  const line = site.getLineNumber();
  const column = site.getColumnNumber();
  if (!file || line === null || column === null) return text;
  const origin = originalPosition(file, line, column);
  return origin
    ? text.replace(`${file}:${line}:${column}`, () => `${origin.file}:${origin.line}:${origin.column}`)
    : text;
}

/**
 * Where a position of a compiled file comes from; undefined for every other file. Lines and columns count from 1.
 * @param {string} location path or file URL @param {number} line @param {number} column
 * @returns {{ file: string, line: number, column: number } | undefined}
 */
function originalPosition(location, line, column) {
  if (!compiled.test(location)) return undefined;
  const path = location.startsWith('file:') ? fileURLToPath(location) : location;
  const found = mapOf(path)?.(line - 1, column - 1);
  return found && { file: resolve(dirname(path), found.source), line: found.line + 1, column: found.column + 1 };
}

/** @param {string} path */
function mapOf(path) {
  if (!maps.has(path)) maps.set(path, readMap(path));
  return maps.get(path);
}

/** @param {string} path */
function readMap(path) {
  try {
    const reference = mapComment.exec(readFileSync(path, 'utf8').slice(-mapCommentLength))?.[1];
    if (reference === undefined) return undefined;
    return sourcePositions(JSON.parse(readFileSync(join(dirname(path), reference), 'utf8')));
  } catch {
    // A trace that names the compiled file is better than none.
    return undefined;
  }
}

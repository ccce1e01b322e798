// `npm run bench`: every benchmark, or those named; `--rounds 3` for a quick look. JSON lines on stdout, a table on
// stderr. Nothing is asserted.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { findEngine } from '../engine/bootstrap/find-engine.js';
import { projectRoot } from '../engine/bootstrap/folders.js';
import { renderTable } from './table.js';

const cases = join(projectRoot, 'bench', 'cases');
const known = readdirSync(cases).map((name) => name.replace(/\.ts$/, ''));

/** Below the project, so that the packages are found, and on the disk that a user's data would be on. */
const workRoot = join(projectRoot, '.signalbox', 'bench');

/** @param {string} folder @param {readonly string[]} names */
async function bundle(folder, names) {
  await build({
    entryPoints: names.map((name) => join(cases, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { signalbox: join(projectRoot, 'engine/api.ts') },
    sourcemap: 'inline',
    logLevel: 'error',
  });
}

/**
 * Each in a process of its own, so that none inherits the heap of another.
 * @param {string} file @param {readonly string[]} args @param {(line: string) => void} onLine
 * @returns {Promise<number>}
 */
function runCase(file, args, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface(child.stdout).on('line', onLine);
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

const { values, positionals: named } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const unknown = named.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`bench: expected any of ${known.join(', ')}; got ${unknown.join(', ')}`);
  process.exit(2);
}

const names = named.length > 0 ? named : known;
mkdirSync(workRoot, { recursive: true });
const folder = mkdtempSync(join(workRoot, 'run-'));
/** @type {string[]} */
const lines = [];
try {
  const engine = await findEngine();
  await bundle(folder, names);
  for (const name of names) {
    console.error(`bench: ${name} …`);
    const args = [projectRoot, engine, join(folder, name), values.rounds ?? ''];
    const code = await runCase(join(folder, `${name}.mjs`), args, (line) => {
      lines.push(line);
      console.log(line);
    });
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.error(renderTable(lines.map((line) => JSON.parse(line))));

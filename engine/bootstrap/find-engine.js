import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { compiledFolder, projectRoot, publishedFile } from './folders.js';
import { rememberedHash, rememberHash } from './remembered-engine.js';
import { StartError } from './start-error.js';

const memory = join(compiledFolder, '.sources.json');

/**
 * The folder of the compiled engine that fits the sources, built first if it is not there.
 * A package in somebody's node_modules is not edited there, so the engine it was published with is taken unasked.
 * @returns {Promise<string>}
 */
export async function findEngine() {
  const published = projectRoot.includes(`${sep}node_modules${sep}`) ? publishedEngine() : undefined;
  if (published !== undefined) return published;
  const engine = join(compiledFolder, rememberedHash(projectRoot, memory) ?? (await readHash()));
  if (existsSync(engine)) return engine;
  const { buildEngine } = await import('./build-engine.js');
  return await buildEngine();
}

function publishedEngine() {
  let text;
  try {
    text = readFileSync(publishedFile, 'utf8');
  } catch {
    return undefined;
  }
  const engine = join(compiledFolder, JSON.parse(text).engine);
  if (existsSync(engine)) return engine;
  throw new StartError(`expected the compiled engine ${engine}, found none. Install the package again.`);
}

async function readHash() {
  const { hashEngine } = await import('./engine-hash.js');
  const checkedMs = Date.now();
  const { hash, files } = hashEngine(projectRoot);
  rememberHash(projectRoot, memory, { hash, files, checkedMs });
  return hash;
}

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findEngine } from '../bootstrap/find-engine.js';

/** Imports an entry of the compiled engine. @param {'api' | 'embed'} entry */
export async function importEngine(entry) {
  return await import(pathToFileURL(join(await findEngine(), `${entry}.js`)).href);
}

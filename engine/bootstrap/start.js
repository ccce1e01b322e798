import { utimesSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findEngine } from './find-engine.js';
import { StartError } from './start-error.js';

const day = 86_400_000;

/** Not in the types of Node 20. @type {object & { enableCompileCache?(folder: string): unknown }} */
const compileCache = nodeModule;

/** Tells pruning (see build-engine.js) that this compiled engine is in use. @param {string} engine */
function touch(engine) {
  try {
    const now = new Date();
    utimesSync(engine, now, now);
  } catch {
    // A read-only installation is not pruned either.
  }
}

try {
  const engine = await findEngine();
  touch(engine);
  setInterval(touch, day, engine).unref();
  // Since Node 22: the compiled code of DAG bundles is kept, too, and goes with the engine when that is pruned.
  compileCache.enableCompileCache?.(join(engine, '.compiled'));
  const { loadEngine } = await import(pathToFileURL(join(engine, 'load.js')).href);
  await loadEngine('main').main();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`signalbox: ${error.message}`);
  process.exitCode = 78;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeDag } from '../api/describe-dag.ts';
import { isDag } from '../api/freeze.ts';
import { withMappedStackTraces } from '../bootstrap/stack-traces.js';
import type { Dag } from '../model/component.ts';
import { importModule } from '../model/import-module.ts';
import type { JsonObject } from '../model/json.ts';
import { showValue } from '../model/problem.ts';
import { type CachedBundle, type CacheKey, findBundle } from './bundle-cache.ts';
import { bundleDag } from './bundle-dag.ts';
import { loadErrorFromImport } from './import-failure.ts';
import { LoadError } from './load-error.ts';

export interface LoadedDag {
  readonly dag: Dag;
  /** The DAG without its functions, see `describeDag`. */
  readonly definition: JsonObject;
  /** Absolute path of the DAG file. */
  readonly file: string;
  /** sha256 over the code of the DAG with all files it imports, and over its definition. Equal on all machines. */
  readonly version: string;
  /** sha256 over the code alone. */
  readonly codeDigest: string;
  /** Absolute path of the module that children import. */
  readonly bundle: string;
}

/** Loads one DAG file, from its bundle when nothing of it has changed. Throws a LoadError. */
export async function loadDag(request: CacheKey): Promise<LoadedDag> {
  const key = { ...request, file: resolve(request.file), cacheDirectory: resolve(request.cacheDirectory) };
  const { file } = key;
  if (!existsSync(file)) throw new LoadError('expected a DAG file, found none of this name', { file });
  const cached = findBundle(key) ?? (await bundleDag(key));
  const value = await importMapped(key, cached);
  if (!isDag(value)) throw notADag(file, value);
  const { codeDigest, bundle } = cached;
  const definition = describeDag(value);
  const version = createHash('sha256').update(codeDigest).update(JSON.stringify(definition)).digest('hex');
  return { dag: value, definition, file, version, codeDigest, bundle };
}

async function importMapped(key: CacheKey, cached: CachedBundle): Promise<unknown> {
  return await withMappedStackTraces(async () => {
    try {
      const module = await importModule(pathToFileURL(cached.bundle).href);
      return (module as { readonly default?: unknown }).default;
    } catch (thrown) {
      throw await loadErrorFromImport({ ...key, cached }, thrown);
    }
  });
}

function notADag(file: string, value: unknown): LoadError {
  const got = value === undefined ? 'none' : showValue(value);
  const hint = 'end the file with `export default defineDag({ id, components: [ … ] })`';
  return new LoadError(`expected a default export made by defineDag(), got ${got}`, { file, hint });
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importModule } from '../model/import-module.ts';
import type { Problem } from '../model/problem.ts';
import { showValue } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';
import type { CachedBundle } from './bundle-cache.ts';
import type { EngineEntry } from './engine-entry.ts';
import { LoadError, type LoadErrorDetails } from './load-error.ts';

interface Loading {
  readonly file: string;
  readonly engineEntry: EngineEntry;
  readonly cached: CachedBundle;
}

/** Tells what the code of a DAG file threw while it was imported. The stack must be mapped to the sources already. */
export async function loadErrorFromImport(loading: Loading, thrown: unknown): Promise<LoadError> {
  const { file } = loading;
  if (!(thrown instanceof Error)) {
    return new LoadError(`expected the file to load, it threw ${showValue(thrown)}`, { file, cause: thrown });
  }
  const problems = problemsOf(thrown);
  if (problems !== undefined) {
    return new LoadError(thrown.message, { file, ...placeFrom(problems[0]?.where), problems, cause: thrown });
  }
  const missing = /requested module '(.+)' does not provide an export named '(.+)'/.exec(thrown.message);
  if (missing) return await missingExport(loading, missing[1] as string, missing[2] as string, thrown);
  const place = authorsPlace(thrown.stack ?? '', loading);
  return new LoadError(`expected the file to load, it threw ${thrown.name}: ${thrown.message}`, {
    file,
    ...place,
    cause: thrown,
  });
}

/** By shape: the DAG file may have been given another copy of the class. */
function problemsOf(thrown: Error): readonly Problem[] | undefined {
  return thrown.name === 'DagError' && 'problems' in thrown && Array.isArray(thrown.problems)
    ? thrown.problems
    : undefined;
}

/** The first frame in a file that went into the bundle. */
function authorsPlace(stack: string, { cached }: Loading): LoadErrorDetails | undefined {
  const sources = new Set(cached.files.map(({ path }) => path));
  for (const line of stack.split('\n')) {
    const place = placeFrom(/^\s+at (?:.*\()?(.+:\d+:\d+)\)?$/.exec(line)?.[1]);
    if (place && sources.has(place.file)) return place;
  }
  return undefined;
}

/** Reads `file:line` or `file:line:column`. */
function placeFrom(where: string | undefined): LoadErrorDetails | undefined {
  const match = /^(.+?):(\d+)(?::(\d+))?$/.exec(where ?? '');
  if (!match) return undefined;
  return {
    file: match[1] as string,
    line: Number(match[2]),
    ...(match[3] !== undefined && { column: Number(match[3]) }),
  };
}

/** Found by Node when it links the modules, without a line; so the line is searched for. */
async function missingExport(loading: Loading, url: string, name: string, cause: Error): Promise<LoadError> {
  const { signalbox, zod } = loading.engineEntry;
  const written = url === signalbox ? 'signalbox' : url === zod ? 'zod' : url;
  const exported = Object.keys((await importModule(url)) as object);
  const message = `expected \`${name}\` to be an export of \`${written}\`, which has none of that name`;
  return new LoadError(message, {
    ...(lineWith(name, loading) ?? { file: loading.file }),
    hint: didYouMean(name, exported),
    cause,
  });
}

function lineWith(name: string, { cached, engineEntry }: Loading): LoadErrorDetails | undefined {
  const word = new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`);
  const own = new Set([engineEntry.signalbox, engineEntry.zod].map((url) => fileURLToPath(url)));
  for (const { path } of cached.files) {
    if (own.has(path) || path.includes('node_modules')) continue;
    const lines = readFileSync(path, 'utf8').split('\n');
    const index = lines.findIndex((line) => word.test(line));
    if (index >= 0) return { file: path, line: index + 1 };
  }
  return undefined;
}

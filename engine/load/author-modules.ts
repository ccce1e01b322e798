import { isBuiltin } from 'node:module';
import { dirname, extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Loader, OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from 'esbuild';
import type { EngineEntry } from './engine-entry.ts';
import { readTracked, type TrackedFile } from './tracked-files.ts';

/** What an esbuild plugin saw while it bundled a DAG file. */
export interface AuthorModules {
  readonly plugin: Plugin;
  /** Every file that went into the bundle or that it imports when it runs. */
  readonly files: Map<string, TrackedFile>;
  /** URL that the bundle imports → what the author wrote. */
  readonly written: Map<string, string>;
}

const loaders: Readonly<Record<string, Loader>> = {
  '.ts': 'ts',
  '.mts': 'ts',
  '.cts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.mjs': 'js',
  '.json': 'json',
};

/** Code that Node does not run as it is, or imports only with attributes: it goes into the bundle, also from a package. */
const bundled = /\.(?:[mc]?tsx?|json)$/;
const ownPlace = /\bimport\.meta\.(?:url|dirname|filename)\b/;
/** Set on our own questions to esbuild's resolver, so that they are not asked of us again. */
const resolved = Symbol('resolved');

/** Files of the author are bundled; packages stay outside, each by the file URL it has for the file that imports it. */
export function authorModules(engineEntry: EngineEntry): AuthorModules {
  const files = new Map<string, TrackedFile>();
  const written = new Map<string, string>();
  const setup = (build: PluginBuild) => {
    build.onResolve({ filter: /^[^./]/ }, async (request) => {
      if (request.kind === 'entry-point' || request.pluginData === resolved) return undefined;
      return await resolveBare(build, request, engineEntry, { files, written });
    });
    build.onLoad({ filter: /.*/, namespace: 'file' }, ({ path }) => loadFile(path, files));
  };
  return { plugin: { name: 'author-modules', setup }, files, written };
}

async function resolveBare(
  build: PluginBuild,
  { path, kind, importer, resolveDir }: OnResolveArgs,
  engineEntry: EngineEntry,
  seen: Pick<AuthorModules, 'files' | 'written'>,
): Promise<OnResolveResult> {
  if (isBuiltin(path)) return { path, external: true };
  const own = path === 'signalbox' ? engineEntry.signalbox : path === 'zod' ? engineEntry.zod : undefined;
  const found = own ?? (await build.resolve(path, { kind, importer, resolveDir, pluginData: resolved }));
  if (typeof found === 'string') return external(found, path, seen);
  if (found.errors.length > 0) return { errors: [{ text: `Could not resolve "${path}"` }] };
  if (found.external || bundled.test(found.path)) return { path: found.path, external: found.external };
  return external(pathToFileURL(found.path).href, path, seen);
}

/** Tracked too: a package that was installed anew may have moved its entry. */
function external(
  url: string,
  path: string,
  { files, written }: Pick<AuthorModules, 'files' | 'written'>,
): OnResolveResult {
  const file = readTracked(fileURLToPath(url)).file;
  files.set(file.path, file);
  written.set(url, path);
  return { path: url, external: true };
}

function loadFile(path: string, files: Map<string, TrackedFile>): OnLoadResult | undefined {
  const loader = loaders[extname(path)];
  if (loader === undefined) return undefined;
  const { content, file } = readTracked(path);
  files.set(path, file);
  return { contents: loader === 'json' ? content : inItsPlace(content.toString('utf8'), path), loader };
}

/** `import.meta` names the bundle; a file that asks it for its own place is told that. On its first line: no line moves. */
function inItsPlace(source: string, path: string): string {
  if (!ownPlace.test(source)) return source;
  const place = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
  const names = Object.entries(place).map(([name, value]) => `const __import_meta_${name} = ${JSON.stringify(value)};`);
  return `${names.join(' ')} ${source}`;
}

/** The other half of `inItsPlace`, for esbuild's `define`. */
export const importMetaPlace = {
  'import.meta.url': '__import_meta_url',
  'import.meta.filename': '__import_meta_filename',
  'import.meta.dirname': '__import_meta_dirname',
};

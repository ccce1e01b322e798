import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { authorModules, importMetaPlace } from './author-modules.ts';
import { loadErrorFromBuild } from './build-failure.ts';
import { type CachedBundle, type CacheKey, storeBundle } from './bundle-cache.ts';

/** Bundles a DAG file with the files it imports, and keeps it. Throws a LoadError. */
export async function bundleDag(key: CacheKey): Promise<CachedBundle> {
  // Only here: when nothing has changed, esbuild is not loaded at all.
  const { build } = await import('esbuild');
  const modules = authorModules(key.engineEntry);
  const result = await build(options(key, modules.plugin)).catch((error: unknown) => {
    throw loadErrorFromBuild(key.file, error);
  });
  const [map, code] = ['.map', '.mjs'].map(
    (ending) => result.outputFiles.find(({ path }) => path.endsWith(ending))?.text,
  );
  if (map === undefined || code === undefined) throw new Error('Internal error: esbuild made no bundle');
  const inlineMap = `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString('base64')}\n`;
  return storeBundle(key, code + inlineMap, {
    codeDigest: digestOfCode(code, modules.written),
    files: [...modules.files.values()],
  });
}

function options({ file, cacheDirectory }: CacheKey, plugin: Plugin) {
  return {
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outfile: join(cacheDirectory, 'bundle.mjs'),
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // A DAG is data and loads at once: an `await` at the top of a file could hold up every command for ever.
    supported: { 'top-level-await': false },
    keepNames: true,
    sourcemap: 'external',
    define: importMetaPlace,
    plugins: [plugin],
    // A bundle depends on the files it is tracked by and on nothing else.
    tsconfigRaw: {},
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

/** Packages count by name, so that one DAG has one version on all machines. */
function digestOfCode(code: string, written: ReadonlyMap<string, string>): string {
  let portable = code;
  for (const [url, name] of written) portable = portable.replaceAll(JSON.stringify(url), () => JSON.stringify(name));
  return createHash('sha256').update(portable).digest('hex');
}

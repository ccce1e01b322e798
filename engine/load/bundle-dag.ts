import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { authorModules, importMetaPlace } from './author-modules.ts';
import { loadErrorFromBuild } from './build-failure.ts';
import { type CachedBundle, type CacheKey, entryName, storeBundle } from './bundle-cache.ts';
import { type BundleFile, hashedNames, numberedChunks } from './numbered-chunks.ts';

/** Bundles a DAG file with the files it imports, and keeps it. Throws a LoadError. */
export async function bundleDag(key: CacheKey): Promise<CachedBundle> {
  // Only here: when nothing has changed, esbuild is not loaded at all.
  const { build } = await import('esbuild');
  const modules = authorModules(key.engineEntry);
  const result = await build(options(key, modules.plugin)).catch((error: unknown) => {
    throw loadErrorFromBuild(key.file, error);
  });
  const output = numberedChunks(result.outputFiles);
  return storeBundle(key, output, {
    codeDigest: digestOfCode(output, modules.written),
    files: [...modules.files.values()],
  });
}

function options({ file, cacheDirectory }: CacheKey, plugin: Plugin) {
  return {
    entryPoints: [file],
    absWorkingDir: dirname(file),
    outdir: join(cacheDirectory, 'folder'),
    entryNames: entryName,
    chunkNames: hashedNames,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    // What a file imports by `import()` is a chunk of its own, loaded when it is used: a DAG is looked at more often than run.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // A DAG is data and loads at once: an `await` at the top of a file could hold up every command for ever.
    supported: { 'top-level-await': false },
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    define: importMetaPlace,
    plugins: [plugin],
    // A bundle depends on the files it is tracked by and on nothing else.
    tsconfigRaw: {},
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}

/** Packages count by name, so that one DAG has one version on all machines. */
function digestOfCode(output: readonly BundleFile[], written: ReadonlyMap<string, string>): string {
  const digest = createHash('sha256');
  for (const { name, text } of output) if (!name.endsWith('.map')) digest.update(portable(text, written));
  return digest.digest('hex');
}

function portable(code: string, written: ReadonlyMap<string, string>): string {
  let text = code;
  for (const [url, name] of written) text = text.replaceAll(JSON.stringify(url), () => JSON.stringify(name));
  return text;
}

import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Node 20 runs no TypeScript: a fixture that is to be a process becomes a bundle beside the packages. */
export async function bundleProcess(fixture: URL, folder: string): Promise<string> {
  const outfile = join(folder, 'process.mjs');
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), join(folder, 'node_modules'));
  await build({
    entryPoints: [fileURLToPath(fixture)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    alias: { signalbox: fileURLToPath(new URL('../../engine/api.ts', import.meta.url)) },
    logLevel: 'error',
  });
  return outfile;
}

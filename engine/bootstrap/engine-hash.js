import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file that can go into the compiled engine lies below one of these; bundle-engine.js refuses any other. */
export const sourceFolders = ['engine', 'state', 'config', 'web', 'components/http', 'components/sandbox'];

// What npm did install comes before what it was asked to: after a pull the two differ until the next `npm ci`.
const packageFiles = [join('node_modules', '.package-lock.json'), 'package-lock.json', 'package.json'];
const compiled = join('engine', 'dist');

/**
 * Names the compiled engine: digest of the content of all its sources and of the packages it is built with, together
 * with the files that it depends on, also those that are not there.
 * @param {string} root folder of package.json
 */
export function hashEngine(root) {
  const digest = createHash('sha256');
  const files = [];
  for (const path of [...sourceFolders.flatMap((folder) => filesBelow(root, folder)), ...packageFiles]) {
    const content = read(join(root, path));
    if (content !== undefined) digest.update(`${path}\0${content.length}\0`).update(content);
    files.push(path);
  }
  return { hash: digest.digest('hex').slice(0, 16), files };
}

/** @param {string} root @param {string} folder @returns {string[]} */
function filesBelow(root, folder) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    // Not every project has all of the folders.
    return [];
  }
  return entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }))
    .filter(({ path }) => path !== compiled)
    .flatMap(({ path, isFolder }) => (isFolder ? filesBelow(root, path) : [path]));
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file that can go into the compiled engine lies below one of these; build-engine.js refuses any other. */
export const sourceFolders = ['engine', 'state', 'config', 'web', 'components/http', 'components/sandbox'];

const compiled = join('engine', 'dist');

/**
 * Names the compiled engine: digest of all its sources and of the packages it is built with.
 * Content and not modification times, because a checkout may restore an older file with a newer time or the reverse;
 * reading 200 files costs 4 to 6 ms.
 * @param {string} root folder of package.json
 */
export function engineHash(root) {
  const hash = createHash('sha256');
  for (const folder of sourceFolders) addFolder(hash, root, folder);
  // What npm did install comes before what it was asked to: after a pull the two differ until the next `npm ci`.
  if (!addFile(hash, root, join('node_modules', '.package-lock.json'))) addFile(hash, root, 'package-lock.json');
  addFile(hash, root, 'package.json');
  return hash.digest('hex').slice(0, 16);
}

/** @param {import('node:crypto').Hash} hash @param {string} root @param {string} folder */
function addFolder(hash, root, folder) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (path === compiled) continue;
    if (entry.isDirectory()) addFolder(hash, root, path);
    else addFile(hash, root, path);
  }
}

/** @param {import('node:crypto').Hash} hash @param {string} root @param {string} path */
function addFile(hash, root, path) {
  let content;
  try {
    content = readFileSync(join(root, path));
  } catch {
    return false;
  }
  hash.update(`${path}\0${content.length}\0`).update(content);
  return true;
}

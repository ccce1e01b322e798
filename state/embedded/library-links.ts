import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError, errorCode, errorText } from './embedded-error.ts';
import type { PlatformPackage } from './platform-package.ts';

interface LibraryLink {
  readonly source: string;
  readonly target: string;
}

/**
 * npm packages cannot carry symlinks, so these come as a list that an install script turns into links. Install scripts
 * may be off; without the links initdb ends on a missing libicuuc.so.60.
 */
export function restoreLibraryLinks(platformPackage: PlatformPackage): void {
  for (const link of readLinks(platformPackage)) restoreLink(platformPackage, link);
}

function readLinks({ name, root }: PlatformPackage): LibraryLink[] {
  const file = join(root, 'native', 'pg-symlinks.json');
  const listed: unknown = readJson(file);
  if (Array.isArray(listed) && listed.every(isLibraryLink)) return listed;
  throw new EmbeddedError({
    expected: `${file} to list the library links of ${name}`,
    got: listed === undefined ? 'no readable JSON' : 'another shape',
    hint: 'Reinstall with `npm ci`, or set DATABASE_URL to a PostgreSQL 15 or newer.',
  });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isLibraryLink(value: unknown): value is LibraryLink {
  if (typeof value !== 'object' || value === null || !('source' in value) || !('target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}

/** Looks before it links: a read-only node_modules that has its links is fine, and two processes may do this at once. */
function restoreLink({ name, root }: PlatformPackage, { source, target }: LibraryLink): void {
  const path = join(root, target);
  if (lstatSync(path, { throwIfNoEntry: false })) return;
  try {
    symlinkSync(relative(dirname(target), source), path);
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return;
    throw new EmbeddedError({
      expected: `to restore the library link ${path}`,
      got: errorText(cause),
      hint: `Run \`npm rebuild ${name}\` as a user who may write there, or set DATABASE_URL.`,
      cause,
    });
  }
}

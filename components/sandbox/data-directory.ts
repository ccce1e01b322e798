import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SandboxPart } from 'signalbox';

/** `--sandbox-data` names a folder that is not of the expected shape; the message prints the shape. A usage error. */
export class SandboxDataError extends Error {
  constructor(problem: string, parts: readonly SandboxPart[], options?: { cause?: unknown }) {
    super(`${problem}\n${expectedShape(parts)}`, options);
    this.name = 'SandboxDataError';
  }
}

/** The folders under `--sandbox-data`, by part name. Throws a SandboxDataError for an unknown name, or if none is there. */
export async function findPartDirectories(
  directory: string,
  parts: readonly SandboxPart[],
): Promise<ReadonlyMap<string, string>> {
  const root = resolve(directory);
  const found = new Map<string, string>();
  for (const name of await visibleNames(root, parts)) {
    const path = join(root, name);
    if (!parts.some((part) => part.name === name))
      throw new SandboxDataError(`unknown name in ${root}: \`${name}\``, parts);
    if (!(await isDirectory(path))) throw new SandboxDataError(`expected a folder, got a file: ${path}`, parts);
    found.set(name, path);
  }
  if (found.size === 0)
    throw new SandboxDataError(`nothing to serve in ${root}: it holds no folder of a source`, parts);
  return found;
}

/** Names in order, without what a file manager leaves behind (`.DS_Store`). */
export async function listNames(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names.filter((name) => !name.startsWith('.')).toSorted();
}

async function visibleNames(root: string, parts: readonly SandboxPart[]): Promise<readonly string[]> {
  try {
    return await listNames(root);
  } catch (cause) {
    throw new SandboxDataError(`expected --sandbox-data to name a readable folder, got ${root}`, parts, { cause });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory();
}

function expectedShape(parts: readonly SandboxPart[]): string {
  const lines = parts.flatMap((part) => [`  ${part.name}/`, ...part.layout.map((line) => `    ${line}`)]);
  return ['Expected a folder with at least one of these, and nothing else:', ...lines].join('\n');
}

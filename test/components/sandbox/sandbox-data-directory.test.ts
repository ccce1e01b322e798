import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxPart } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { SandboxDataError } from '../../../components/sandbox/data-directory.ts';
import { startSandbox } from '../../../components/sandbox/server.ts';

const shape = [
  'Expected a folder with at least one of these, and nothing else:',
  '  buses/',
  '    one *.bus',
  '  trains/',
  '    two *.train',
].join('\n');

function part(name: string, layout: string): SandboxPart {
  return {
    name,
    layout: [layout],
    open: async ({ directory }) => {
      if (directory !== undefined && name === 'trains') throw new Error(`expected two trains in ${directory}`);
      return { mode: directory === undefined ? 'generated' : 'files', handle: async () => ({ status: 200 }) };
    },
  };
}

const parts = [part('buses', 'one *.bus'), part('trains', 'two *.train')];

async function startWith(names: readonly string[], files: readonly string[] = []) {
  const directory = await mkdtemp(join(tmpdir(), 'sandbox-data-'));
  await Promise.all(names.map((name) => mkdir(join(directory, name))));
  await Promise.all(files.map((name) => writeFile(join(directory, name), '')));
  return startSandbox({ parts, seed: 1, date: '2026-11-20', dataDirectory: directory });
}

describe('--sandbox-data', () => {
  it('serves the folders that are there and generates the rest', async () => {
    const sandbox = await startWith(['buses'], ['.DS_Store']);
    expect([...sandbox.modes]).toEqual([
      ['buses', 'files'],
      ['trains', 'generated'],
    ]);
    await sandbox.close();
  });

  it.each([
    ['an unknown name', ['buses', 'ferries'], [], 'unknown name'],
    ['a file beside the folders', ['buses'], ['readme.txt'], 'unknown name'],
    ['a file in place of a folder', [], ['buses'], 'expected a folder, got a file'],
    ['an empty folder', [], [], 'nothing to serve'],
  ])('refuses %s and prints the shape', async (_, names, files, problem) => {
    const refusal = await startWith(names, files).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SandboxDataError);
    expect(String(refusal)).toContain(problem);
    expect(String(refusal)).toContain(shape);
  });

  it('refuses a folder that is not there', async () => {
    const start = startSandbox({ parts, seed: 1, date: '2026-11-20', dataDirectory: '/nonexistent/data' });
    await expect(start).rejects.toThrow('expected --sandbox-data to name a readable folder, got /nonexistent/data');
  });

  it('passes on what a part says of its folder, with the shape that it reads', async () => {
    const refusal = await startWith(['trains']).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SandboxDataError);
    expect(String(refusal)).toMatch(/expected two trains in .*\n.*\n {2}trains\/\n {4}two \*\.train$/);
  });
});

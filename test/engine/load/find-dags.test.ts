import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEntry } from '../../../engine/load/engine-entry.ts';
import { findDags } from '../../../engine/load/find-dags.ts';
import { LoadError } from '../../../engine/load/load-error.ts';
import { resolveDag } from '../../../engine/load/resolve-dag.ts';
import { type AuthorFolder, authorFolder, dagText } from '../../harness/dag-folder.ts';
import { builtEngineEntry } from '../../harness/engine.ts';

let engineEntry: EngineEntry;
let author: AuthorFolder;

beforeAll(async () => {
  engineEntry = await builtEngineEntry();
});
beforeEach(() => {
  author = authorFolder();
});
afterEach(() => author.remove());

const folder = () => ({ directory: author.dags, cacheDirectory: author.cache, engineEntry });

async function refusal(name: string): Promise<LoadError> {
  const error: unknown = await resolveDag(name, folder()).catch((thrown: unknown) => thrown);
  if (error instanceof LoadError) return error;
  throw new Error(`expected a LoadError, got ${String(error)}`);
}

describe('the DAGs of a folder', () => {
  it('are found in the order of their files, and a broken one does not hide the others', async () => {
    author.write('dags/b.ts', dagText('b'));
    author.write('dags/a.ts', dagText('a'));
    const broken = author.write('dags/broken.ts', 'export default 1;');
    author.write('dags/types.d.ts', 'export type A = 1;');
    author.write('dags/readme.md', '# no DAG');
    const { dags, errors } = await findDags(folder());
    expect(dags.map(({ dag }) => dag.id)).toEqual(['a', 'b']);
    expect(errors.map(({ file }) => file)).toEqual([broken]);
  });

  it('must differ in id: the clash names both files', async () => {
    const first = author.write('dags/a.ts', dagText('same'));
    const second = author.write('dags/b.ts', dagText('same'));
    const { dags, errors } = await findDags(folder());
    expect(dags.map(({ file }) => file)).toEqual([first]);
    expect(errors.map(({ message }) => message)).toEqual([
      `expected the ids of DAGs to differ, got \`same\` in ${first} and in ${second}`,
    ]);
  });

  it('need a folder', async () => {
    await expect(findDags(folder())).rejects.toThrow('expected a folder of DAG files, found none');
  });
});

describe('naming a DAG', () => {
  it('by its id loads only the file of that name', async () => {
    author.write('dags/a.ts', dagText('a'));
    author.write('dags/broken.ts', 'const = 1;');
    expect((await resolveDag('a', folder())).dag.id).toBe('a');
    expect(readdirSync(author.cache).every((name) => name.startsWith('a-'))).toBe(true);
  });

  it('by its id finds it in a file of another name', async () => {
    const file = author.write('dags/other.ts', dagText('a'));
    expect((await resolveDag('a', folder())).file).toBe(file);
  });

  it('by the path of its file', async () => {
    const file = author.write('elsewhere/a.ts', dagText('a'));
    expect((await resolveDag(file, folder())).dag.id).toBe('a');
    expect(existsSync(author.dags)).toBe(false);
  });

  it('wrongly lists what there is, suggests, and tells of files that do not load', async () => {
    author.write('dags/transit.ts', dagText('transit'));
    const broken = author.write('dags/broken.ts', '\nconst = 1;');
    const error = await refusal('trnasit');
    expect(error.message).toBe(
      `expected the id of a DAG, got \`trnasit\`; known here: \`transit\`; ${broken}:2:7 does not load`,
    );
    expect(error.hint).toBe('did you mean `transit`?');
  });

  it('by a file that holds a DAG of another id does not guess', async () => {
    author.write('dags/a.ts', dagText('b'));
    expect((await refusal('a')).message).toBe('expected the id of a DAG, got `a`; known here: `b`');
  });
});

import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEntry } from '../../../engine/load/engine-entry.ts';
import { loadDag } from '../../../engine/load/load-dag.ts';
import { LoadError } from '../../../engine/load/load-error.ts';
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

async function refusal(file: string): Promise<LoadError> {
  const error: unknown = await loadDag({ file, cacheDirectory: author.cache, engineEntry }).catch(
    (thrown: unknown) => thrown,
  );
  if (error instanceof LoadError) return error;
  throw new Error(`expected a LoadError, got ${String(error)}`);
}

interface Case {
  readonly name: string;
  /** Path below the author's root → content. The DAG file is `dags/bad.ts`. */
  readonly files: Readonly<Record<string, string>>;
  /** Where the error must be, below the root. */
  readonly where: string;
  readonly message: string | RegExp;
  readonly hint?: string | RegExp;
}

const good = dagText('bad');

const cases: readonly Case[] = [
  {
    name: 'a syntax error',
    files: { 'dags/bad.ts': 'const a = 1;\nconst = 2;\n' },
    where: 'dags/bad.ts:2:7',
    message: 'Expected identifier but found "=" in `const = 2;`',
  },
  {
    name: 'a syntax error in a file it imports',
    files: { 'dags/bad.ts': `import '../parts/a.ts';\n${good}`, 'parts/a.ts': '\n\nlet x = ;\n' },
    where: 'parts/a.ts:3:9',
    message: /^Unexpected ";"/,
  },
  {
    name: 'an import of a file that is not there',
    files: { 'dags/bad.ts': `import '../parts/scedule.ts';\n${good}`, 'parts/schedule.ts': '' },
    where: 'dags/bad.ts:1:8',
    message: /^Could not resolve "\.\.\/parts\/scedule\.ts"/,
    hint: 'did you mean `schedule.ts`?',
  },
  {
    name: 'an import of a package that is not installed',
    files: { 'dags/bad.ts': `${good}import '@acme/none/sub';\n` },
    where: 'dags/bad.ts:4:8',
    message: /^Could not resolve "@acme\/none\/sub"/,
    hint: /npm install @acme\/none`/,
  },
  {
    name: 'a name that signalbox does not export',
    files: { 'dags/bad.ts': "import { defineDAG } from 'signalbox';\nexport default defineDAG({});\n" },
    where: 'dags/bad.ts:1',
    message: 'expected `defineDAG` to be an export of `signalbox`, which has none of that name',
    hint: 'did you mean `defineDag`?',
  },
  {
    name: 'a throw at import',
    files: {
      'dags/bad.ts': `import { limit } from '../parts/limit.ts';\nlimit();\n${good}`,
      'parts/limit.ts':
        "interface Unused {}\n\nexport function limit(): never {\n  throw new RangeError('no limit');\n}\n",
    },
    where: 'parts/limit.ts:4:9',
    message: 'expected the file to load, it threw RangeError: no limit',
  },
  {
    name: 'a throw of something that is no error',
    files: { 'dags/bad.ts': `${good}throw 'nothing';\n` },
    where: 'dags/bad.ts',
    message: 'expected the file to load, it threw `nothing`',
  },
  {
    name: 'an await at the top',
    files: { 'dags/bad.ts': `await fetch('http://localhost');\n${good}` },
    where: 'dags/bad.ts:1:1',
    message: /^Top-level await/,
    hint: /run\(\)/,
  },
  {
    name: 'no default export',
    files: { 'dags/bad.ts': 'export const dag = 1;\n' },
    where: 'dags/bad.ts',
    message: 'expected a default export made by defineDag(), got none',
    hint: /export default defineDag/,
  },
  {
    name: 'a default export that is no DAG',
    files: { 'dags/bad.ts': "export default { id: 'bad', components: [] };\n" },
    where: 'dags/bad.ts',
    message: 'expected a default export made by defineDag(), got an object',
  },
];

describe('a DAG file that does not load', () => {
  it.each(cases)('tells $name by file and line', async ({ files, where, message, hint }) => {
    for (const [path, content] of Object.entries(files)) author.write(path, content);
    const error = await refusal(`${author.root}/dags/bad.ts`);
    expect(error.where).toBe(`${author.root}/${where}`);
    expect(error.message).toMatch(message);
    if (hint !== undefined) expect(error.hint).toMatch(hint);
  });

  it('tells that there is no such file', async () => {
    const error = await refusal(`${author.root}/dags/none.ts`);
    expect(error.message).toBe('expected a DAG file, found none of this name');
  });

  it('hands on everything that defineDag found, at the line of the component', async () => {
    const body =
      "\n  component({ id: 'a', timeout: '30', run: async () => 1 }),\n  component({ id: 'B!', run: async () => 1 }),\n";
    const file = author.write('dags/bad.ts', dagText('bad', body));
    const error = await refusal(file);
    expect(error.problems.length).toBe(2);
    expect(error.problems.map(({ where }) => where)).toEqual([`${file}:4`, `${file}:5`]);
    expect(error.where).toBe(`${file}:4`);
    expect(error.message).toContain('expected `components.a.timeout`');
  });

  it('loads once it is mended', async () => {
    const file = author.write('dags/bad.ts', 'const = 1;');
    await refusal(file);
    author.write('dags/bad.ts', good);
    expect((await loadDag({ file, cacheDirectory: author.cache, engineEntry })).dag.id).toBe('bad');
  });
});

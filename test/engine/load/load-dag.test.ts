import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEntry } from '../../../engine/load/engine-entry.ts';
import { loadDag } from '../../../engine/load/load-dag.ts';
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

const load = (file: string, cacheDirectory = author.cache) => loadDag({ file, cacheDirectory, engineEntry });

describe('loading a DAG file', () => {
  it('gives the DAG that the file exports, with the file and a bundle of absolute paths', async () => {
    const file = author.write('dags/first.ts', dagText('first'));
    const loaded = await load(file);
    expect(loaded.dag.id).toBe('first');
    expect(loaded.dag.components.map(({ id }) => id)).toEqual(['only']);
    expect(loaded.file).toBe(file);
    expect(isAbsolute(loaded.bundle)).toBe(true);
    expect(loaded.version).toMatch(/^[0-9a-f]{64}$/);
  });

  it('brings in files that it imports, JSON too', async () => {
    author.write('components/double.ts', 'export const double = (n: number): number => n * 2;\n');
    author.write('limits.json', '{ "max": 3 }');
    const head = "import { double } from '../components/double.ts';\nimport limits from '../limits.json';\n";
    const body = "component({ id: 'only', params: { n: double(limits.max) }, run: async () => null })";
    const { dag } = await load(author.write('dags/first.ts', head + dagText('first', body)));
    expect(dag.components[0]?.params).toEqual({ n: 6 });
  });

  it("takes packages from the author's own node_modules, as files outside the bundle", async () => {
    author.write('node_modules/words/package.json', '{ "name": "words", "type": "module", "exports": "./words.js" }');
    const words = author.write('node_modules/words/words.js', "export const word = 'hello';\n");
    const body = "component({ id: 'only', params: { word }, run: async () => null })";
    const { dag, bundle } = await load(
      author.write('dags/first.ts', `import { word } from 'words';\n${dagText('first', body)}`),
    );
    expect(dag.components[0]?.params).toEqual({ word: 'hello' });
    expect(readFileSync(bundle, 'utf8')).toContain(`from "${pathToFileURL(words).href}"`);
  });

  it("gives the file the engine's own zod, not one that lies beside it", async () => {
    author.write('node_modules/zod/package.json', '{ "name": "zod", "type": "module", "exports": "./zod.js" }');
    author.write('node_modules/zod/zod.js', "throw new Error('the wrong zod');\n");
    const body = "component({ id: 'only', output: z.object({ n: z.number() }), run: async () => ({ n: 1 }) })";
    const { dag } = await load(author.write('dags/first.ts', `import { z } from 'zod';\n${dagText('first', body)}`));
    const zod = (await import(engineEntry.zod)) as { ZodObject: new (...options: never[]) => unknown };
    expect(dag.components[0]?.output).toBeInstanceOf(zod.ZodObject);
  });

  it('keeps `import.meta` of every file its own', async () => {
    author.write(
      'parts/here.ts',
      'export const here = [import.meta.url, import.meta.dirname, import.meta.filename];\n',
    );
    const body = "component({ id: 'only', params: { here, own: import.meta.url }, run: async () => null })";
    const file = author.write('dags/first.ts', `import { here } from '../parts/here.ts';\n${dagText('first', body)}`);
    const { dag } = await load(file);
    const part = `${author.root}/parts/here.ts`;
    expect(dag.components[0]?.params).toEqual({
      here: [pathToFileURL(part).href, `${author.root}/parts`, part],
      own: pathToFileURL(file).href,
    });
  });

  it('names the line of the author in what a component throws, once traces are mapped', async () => {
    const body = "component({\n  id: 'only',\n  run: async () => {\n    throw new Error('from the body');\n  },\n})";
    const file = author.write('dags/first.ts', dagText('first', body));
    const { bundle } = await load(file);
    const { mapStackTraces } = await import('../../../engine/bootstrap/stack-traces.js');
    const vitests = Error.prepareStackTrace?.bind(Error);
    mapStackTraces();
    try {
      const module = (await import(pathToFileURL(bundle).href)) as {
        default: { components: { run(): Promise<unknown> }[] };
      };
      const thrown: unknown = await module.default.components[0]?.run().catch((error: unknown) => error);
      expect((thrown as Error).stack).toContain(`${file}:6:11`);
    } finally {
      Error.prepareStackTrace = vitests;
    }
  });
});

describe('a file that a DAG imports by `import()`', () => {
  const body = `component({
  id: 'only',
  run: async () => (await import('../parts/heavy.ts')).work(),
})`;
  const heavy = "import { word } from 'words';\nexport async function work() {\n  throw new Error(word);\n}\n";

  beforeEach(() => {
    author.write('node_modules/words/package.json', '{ "name": "words", "type": "module", "exports": "./words.js" }');
    author.write('node_modules/words/words.js', "export const word = 'hello';\nglobalThis.wordsLoaded = true;\n");
    author.write('parts/heavy.ts', heavy);
    Reflect.deleteProperty(globalThis, 'wordsLoaded');
  });

  it('is loaded when it is used, with the packages that only it imports', async () => {
    const { dag } = await load(author.write('dags/first.ts', dagText('first', body)));
    expect(globalThis).not.toHaveProperty('wordsLoaded');
    await expect(dag.components[0]?.run?.({} as never)).rejects.toThrow('hello');
    expect(globalThis).toHaveProperty('wordsLoaded');
  });

  it('is named in what it throws', async () => {
    const { dag } = await load(author.write('dags/first.ts', dagText('first', body)));
    const { withMappedStackTraces } = await import('../../../engine/bootstrap/stack-traces.js');
    await withMappedStackTraces(async () => {
      const thrown: unknown = await dag.components[0]?.run?.({} as never).catch((error: unknown) => error);
      expect((thrown as Error).stack).toContain(`${author.root}/parts/heavy.ts:3:9`);
      expect((thrown as Error).stack).toContain(`${author.root}/dags/first.ts:5:56`);
    });
  });

  it('counts in the version, by nothing of this machine', async () => {
    const elsewhere = authorFolder();
    try {
      const file = author.write('dags/first.ts', dagText('first', body));
      const here = await load(file);
      elsewhere.write('node_modules/words/package.json', '{ "name": "words", "type": "module", "exports": "./w.js" }');
      elsewhere.write('node_modules/words/w.js', "export const word = 'hello';\n");
      elsewhere.write('parts/heavy.ts', heavy);
      const there = await load(elsewhere.write('dags/first.ts', dagText('first', body)), `${elsewhere.root}/a/b/cache`);
      expect(there.version).toBe(here.version);
      author.write('parts/heavy.ts', heavy.replace('word)', 'word + 1)'));
      expect((await load(file)).version).not.toBe(here.version);
    } finally {
      elsewhere.remove();
    }
  });
});

describe('the version of a DAG', () => {
  it('is the same for equal files in another place, with another cache', async () => {
    const elsewhere = authorFolder();
    try {
      const body = "component({ id: 'only', params: { one, place: 'here' }, run: async () => one })";
      for (const folder of [author, elsewhere]) {
        folder.write('components/one.ts', 'export const one = 1;\n');
        folder.write('dags/first.ts', `import { one } from '../components/one.ts';\n${dagText('first', body)}`);
      }
      const here = await load(`${author.root}/dags/first.ts`);
      const there = await load(`${elsewhere.root}/dags/first.ts`, `${elsewhere.root}/some/other/cache`);
      expect(there.version).toBe(here.version);
    } finally {
      elsewhere.remove();
    }
  });

  it('moves with a file that the DAG imports', async () => {
    author.write('components/one.ts', 'export const one = () => 1;\n');
    const body = "component({ id: 'only', run: async () => one() })";
    const file = author.write(
      'dags/first.ts',
      `import { one } from '../components/one.ts';\n${dagText('first', body)}`,
    );
    const before = await load(file);
    author.write('components/one.ts', 'export const one = () => 2;\n');
    const after = await load(file);
    expect(after.version).not.toBe(before.version);
    expect(after.bundle).not.toBe(before.bundle);
  });
});

describe('the cache of bundles', () => {
  it('is used as it is when nothing changed, and nothing is written', async () => {
    const file = author.write('dags/first.ts', dagText('first'));
    const first = await load(file);
    const written = () => readdirSync(author.cache).map((name) => [name, statSync(`${author.cache}/${name}`).ino]);
    const before = written();
    expect((await load(file)).bundle).toBe(first.bundle);
    expect(written()).toEqual(before);
  });

  it('holds when a file got a new time and kept its content', async () => {
    const file = author.write('dags/first.ts', dagText('first'));
    const before = await load(file);
    utimesSync(file, new Date(0), new Date(0));
    expect(await load(file)).toEqual(before);
  });

  it('does not hold when a file was changed within its old size and time', async () => {
    const file = author.write('dags/first.ts', dagText('first-a'));
    const now = new Date();
    utimesSync(file, now, now);
    const before = await load(file);
    author.write('dags/first.ts', dagText('first-b'));
    utimesSync(file, now, now);
    const after = await load(file);
    expect([before.dag.id, after.dag.id]).toEqual(['first-a', 'first-b']);
  });

  it('is made again when its index was cut off', async () => {
    const file = author.write('dags/first.ts', dagText('first'));
    const before = await load(file);
    const index = readdirSync(author.cache).find((name) => name.endsWith('.json')) ?? '';
    author.write(`cache/${index}`, '{"format":');
    expect(await load(file)).toEqual(before);
  });

  it('is made again when a part of its bundle was removed', async () => {
    author.write('parts/one.ts', 'export const one = 1;\n');
    const body = "component({ id: 'only', run: async () => (await import('../parts/one.ts')).one })";
    const file = author.write('dags/first.ts', dagText('first', body));
    const { bundle } = await load(file);
    const names = readdirSync(dirname(bundle));
    const chunk = names.find((name) => name.startsWith('chunk-')) ?? '';
    rmSync(join(dirname(bundle), chunk));
    expect((await load(file)).bundle).toBe(bundle);
    expect(readdirSync(dirname(bundle))).toEqual(names);
  });

  it('serves loads at the same moment', async () => {
    const file = author.write('dags/first.ts', dagText('first'));
    const loaded = await Promise.all([load(file), load(file), load(file)]);
    expect(new Set(loaded.map(({ bundle }) => bundle)).size).toBe(1);
    const names = readdirSync(author.cache, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => name.endsWith('.draft'))).toEqual([]);
  });
});

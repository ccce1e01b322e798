import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../engine/bootstrap/folders.js';
import { bannedWords, bans } from './architecture/banned-words.ts';
import { findCycle } from './architecture/cycle.ts';
import { importedSpecifiers, resolveSpecifier } from './architecture/imports.ts';
import { layers, refusal } from './architecture/layers.ts';

const folders = ['engine', 'state', 'config', 'components', 'dags', 'web'];

/** Path below the root, with slashes → content. */
const sources = new Map(
  folders
    .filter((folder) => existsSync(join(projectRoot, folder)))
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' }).map(
        (name) => `${folder}/${name.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => /\.(?:ts|js)$/.test(path) && !path.startsWith('engine/dist/'))
    .map((path) => [path, readFileSync(join(projectRoot, path), 'utf8')]),
);

const importsOf = (path: string, source: string) =>
  importedSpecifiers(source).map((specifier) => resolveSpecifier(path, specifier));

const lineCount = (source: string) => source.trimEnd().split('\n').length;

describe('the sources', () => {
  it('are found', () => {
    expect(sources.size).toBeGreaterThan(200);
    expect([...sources.keys()]).toEqual(
      expect.arrayContaining(['engine/index.js', 'engine/run/run-dag.ts', 'dags/transit.ts']),
    );
  });

  it('import only what the table of layers allows', () => {
    const refusals = [...sources].flatMap(([path, source]) =>
      importsOf(path, source)
        .map((imported) => refusal(path, imported))
        .filter((reason) => reason !== undefined),
    );
    expect(refusals).toEqual([]);
  });

  it('import files that exist', () => {
    const missing = [...sources].flatMap(([path, source]) =>
      importsOf(path, source)
        .filter((imported) => imported.kind === 'file')
        .filter((imported) => !existsSync(join(projectRoot, imported.path)))
        .map((imported) => `${path} imports ${imported.path}`),
    );
    expect(missing).toEqual([]);
  });

  it('have no import cycle, not even of types', () => {
    const graph = new Map(
      [...sources].map(([path, source]) => [
        path,
        importsOf(path, source).flatMap((imported) => (imported.kind === 'file' ? [imported.path] : [])),
      ]),
    );
    expect(findCycle(graph)).toBeUndefined();
  });

  it('use clocks, timers, the environment and the console only where that is their task', () => {
    expect([...sources].flatMap(([path, source]) => bannedWords(path, source))).toEqual([]);
  });

  it('are small: no file over 300 lines, half of them at most 120', () => {
    const counts = [...sources].map(([path, source]) => ({ path, lines: lineCount(source) }));
    expect(counts.filter(({ lines }) => lines > 300)).toEqual([]);
    const sorted = counts.map(({ lines }) => lines).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(120);
  });

  it('have no default export but in DAG files', () => {
    const found = [...sources].filter(
      ([path, source]) => !path.startsWith('dags/') && /^export default\b/m.test(source),
    );
    expect(found.map(([path]) => path)).toEqual([]);
  });
});

describe('the rules themselves', () => {
  it('name layers that exist, and files that need their exception', () => {
    const names = new Set(Object.keys(layers));
    expect(Object.values(layers).flatMap((layer) => layer.layers.filter((name) => !names.has(name)))).toEqual([]);
    for (const { word, except = {} } of bans) {
      expect(Object.keys(except).filter((path) => !word.test(sources.get(path) ?? ''))).toEqual([]);
    }
  });

  it.each([
    ['engine/plan/a.ts', "import { b } from '../run/b.ts';", 'engine/plan/a.ts (plan) imports engine/run/b.ts (run)'],
    [
      'engine/model/a.ts',
      "import type { b } from '../plan/b.ts';",
      'engine/model/a.ts (model) imports engine/plan/b.ts (plan)',
    ],
    [
      'engine/run/a.ts',
      "const { b } = await import('../../state/b.ts');",
      'engine/run/a.ts (run) imports state/b.ts (state)',
    ],
    ['engine/run/a.ts', "import pg from 'pg';", 'engine/run/a.ts imports pg'],
    [
      'engine/decide/a.ts',
      "import { readFile } from 'node:fs/promises';",
      'engine/decide/a.ts imports node:fs/promises',
    ],
    [
      'components/ptv/a.ts',
      "export {\n  b,\n} from '../gtfs/b.ts';",
      'components/ptv/a.ts imports components/gtfs/b.ts of another source',
    ],
    [
      'dags/a.ts',
      "import { b } from '../components/gtfs/load.ts';",
      'dags/a.ts imports components/gtfs/load.ts of another source',
    ],
    [
      'engine/embed/a.ts',
      "import { b } from '../cli/b.ts';",
      'engine/embed/a.ts (embed) imports engine/cli/b.ts (cli)',
    ],
    ['engine/other/a.ts', "import '../model/b.ts';", 'engine/other/a.ts belongs to no layer'],
  ])('refuse %s with %s', (path, source, reason) => {
    expect(importsOf(path, source).map((imported) => refusal(path, imported))).toEqual([reason]);
  });

  it.each([
    [
      'engine/run/a.ts',
      "import { b } from '../model/b.ts';\nimport PQueue from 'p-queue';\nimport { join } from 'node:path';",
    ],
    [
      'components/ptv/a.ts',
      "import { c } from 'signalbox';\nimport { b } from '../http/b.ts';\nimport { d } from './d.ts';",
    ],
    ['dags/a.ts', "import { b } from '../components/gtfs/index.ts';"],
    ['engine/plan/a.ts', "// import { b } from '../run/b.ts';\n/*\nimport '../run/b.ts';\n*/"],
  ])('allow %s what it needs', (path, source) => {
    expect(
      importsOf(path, source)
        .map((imported) => refusal(path, imported))
        .filter(Boolean),
    ).toEqual([]);
  });

  it('see banned words in code, also within templates, and not in comments, strings and patterns', () => {
    const source = [
      'const a = Date.now();',
      "const b = 'Date.now()'; // Date.now()",
      '/* new Date() */ const c = /Date.now/;',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source of a template
      'const d = `at ${Date.now()}`;',
      'const e = new Date(a);',
      'const f = new Date();',
      'setTimeout(g, 1);',
    ].join('\n');
    expect(bannedWords('engine/run/a.ts', source)).toEqual([
      'engine/run/a.ts:1: Date.now',
      'engine/run/a.ts:4: Date.now',
      'engine/run/a.ts:6: new Date()',
      'engine/run/a.ts:7: setTimeout',
    ]);
    expect(bannedWords('config/load.ts', 'process.env;')).toEqual([]);
    expect(bannedWords('config/schema.ts', 'process.env;')).toEqual(['config/schema.ts:1: process.env']);
  });

  it('find a cycle and its path', () => {
    const graph = new Map([
      ['a', ['b', 'c']],
      ['b', []],
      ['c', ['d']],
      ['d', ['c']],
    ]);
    expect(findCycle(graph)).toEqual(['c', 'd', 'c']);
    expect(
      findCycle(
        new Map([
          ['a', ['b']],
          ['b', []],
        ]),
      ),
    ).toBeUndefined();
  });

  it('include a linter that refuses functions over 60 lines and promises nobody waits for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-lint-'));
    const body = "  console.log('line');\n".repeat(60);
    writeFileSync(join(folder, 'long.ts'), `export function long(): void {\n${body}}\n`);
    writeFileSync(join(folder, 'floating.ts'), 'export function floats(): void {\n  Promise.resolve(1);\n}\n');
    const args = ['--type-aware', '-c', join(projectRoot, '.oxlintrc.json'), folder];
    const { stdout, status } = spawnSync(join(projectRoot, 'node_modules/.bin/oxlint'), args, { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stdout).toContain('max-lines-per-function');
    expect(stdout).toContain('no-floating-promises');
  });
});

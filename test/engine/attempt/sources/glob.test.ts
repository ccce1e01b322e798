import { readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePattern } from '../../../../engine/attempt/sources/glob/pattern.ts';
import { globProber } from '../../../../engine/attempt/sources/glob/prober.ts';
import type { GlobSource } from '../../../../engine/model/source.ts';
import { failureOf, longAgo, openPlace, watch } from './asking.ts';

const glob = (pattern: string, root = 'data'): GlobSource => ({ kind: 'glob', id: 'files', root, pattern });

describe('a glob', () => {
  test('lands its files by path, and keeps evidence of a size that does not grow with them', async () => {
    const { folder, write } = openPlace();
    for (let index = 0; index < 1_000; index += 1) write(`data/${index}.csv`, `row ${index}\n`);
    write('data/notes.txt', 'no\n');
    const files = watch(globProber, glob('*.csv'), folder);
    const { evidence, parts } = await files.ask();
    expect(parts).toHaveLength(1_000);
    expect(parts[1]).toMatchObject({ name: '1.csv', path: join(folder, 'data/1.csv'), bytes: 6 });
    expect(evidence.parts).toHaveLength(1);
    expect(evidence.validator).toEqual({ files: 1_000 });
    const text = JSON.stringify(evidence);
    expect(text.length).toBeLessThan(500);
    expect(text).not.toContain(folder);
    const again = await files.ask();
    expect(again.evidence.parts[0]).toEqual({ ...evidence.parts[0], notModified: true });
    expect(again.parts).toEqual(parts);
  });

  test.each([
    ['added', (write: (path: string, text: string) => string) => void write('data/c.csv', 'c\n')],
    ['removed', (_write: unknown, folder: string) => rmSync(join(folder, 'data/b.csv'))],
    ['changed', (write: (path: string, text: string) => string) => void write('data/b.csv', 'bb\n')],
    [
      'renamed',
      (write: (path: string, text: string) => string, folder: string) => {
        rmSync(join(folder, 'data/b.csv'));
        write('data/c.csv', 'b\n');
      },
    ],
  ])('is changed by a file that is %s', async (_name, change) => {
    const { folder, write } = openPlace();
    write('data/a.csv', 'a\n');
    write('data/b.csv', 'b\n');
    const files = watch(globProber, glob('*.csv'), folder);
    const before = await files.ask();
    change(write, folder);
    const after = await files.ask();
    expect(after.evidence.parts[0]?.digest).not.toBe(before.evidence.parts[0]?.digest);
    expect(after.evidence.proof).toBeUndefined();
  });

  test('is the same wherever its folder lies', async () => {
    const digests = await Promise.all(
      ['here', 'there'].map(async (root) => {
        const { folder, write } = openPlace();
        write(`${root}/a.csv`, 'a\n', root === 'here' ? longAgo : new Date('2021-01-01'));
        return (await watch(globProber, glob('*.csv', root), folder).ask()).evidence.parts[0]?.digest;
      }),
    );
    expect(digests[0]).toBe(digests[1]);
  });

  test('reads all again when the note of the last time is gone, and finds the same', async () => {
    const { folder, write } = openPlace();
    write('data/a.csv', 'a\n');
    const files = watch(globProber, glob('*.csv'), folder);
    const { evidence } = await files.ask();
    for (const name of readdirSync(join(folder, 'landing'))) rmSync(join(folder, 'landing', name));
    expect((await files.ask()).evidence.parts[0]).toMatchObject({
      digest: evidence.parts[0]?.digest,
      notModified: false,
    });
  });

  test('finds by an audit a file that was written under its old stamp', async () => {
    const { folder, write } = openPlace();
    const place = write('data/a.csv', 'a\n');
    write('data/b.csv', 'b\n');
    const files = watch(globProber, glob('*.csv'), folder);
    await files.ask();
    expect((await files.ask('audit')).evidence).toMatchObject({ audited: true, proof: 'clean' });
    writeFileSync(place, 'x\n');
    utimesSync(place, longAgo, longAgo);
    expect((await files.ask()).evidence.parts[0]?.notModified).toBe(true);
    expect((await files.ask('audit')).evidence).toMatchObject({ audited: true, proof: 'lied' });
  });

  test('without any file is a set like any other', async () => {
    const { folder, write } = openPlace();
    write('data/notes.txt', 'no\n');
    const files = watch(globProber, glob('*.csv'), folder);
    const empty = await files.ask();
    expect(empty).toMatchObject({ parts: [], evidence: { validator: { files: 0 } } });
    expect((await files.ask()).evidence.parts[0]?.digest).toBe(empty.evidence.parts[0]?.digest);
  });
});

describe('where a glob may lead', () => {
  test('not through a link that leaves its root', async () => {
    const { folder, write } = openPlace();
    write('data/a.csv', 'a\n');
    symlinkSync(openPlace().write('secret.csv', 'secret\n'), join(folder, 'data/b.csv'));
    const failure = await failureOf(watch(globProber, glob('*.csv'), folder).ask());
    expect(failure.message).toBe('source `files`: refused to read `b.csv`, a link that leads out of its folder');
  });

  test('to a linked file below it, but into no linked folder', async () => {
    const { folder, write } = openPlace();
    symlinkSync(write('data/old/a.csv', 'a\n'), join(folder, 'data/a.csv'));
    symlinkSync(join(folder, 'data/old'), join(folder, 'data/linked'));
    const { parts } = await watch(globProber, glob('**/*.csv'), folder).ask();
    expect(parts.map(({ name }) => name)).toEqual(['a.csv', 'old/a.csv']);
  });

  test.each(['absent', '../elsewhere'])('to a folder that is there, within the project: %s', async (root) => {
    const { folder } = openPlace();
    const failure = await failureOf(watch(globProber, glob('*.csv', root), folder).ask());
    expect(failure.message).toMatch(/expected a (folder at absent, got ENOENT|path within the project)/);
  });
});

describe('a pattern', () => {
  const fits = (pattern: string, path: string) => parsePattern(pattern).some(({ matches }) => matches.test(path));

  test.each([
    ['*.csv', 'a.csv', true],
    ['*.csv', 'a.csv.gz', false],
    ['*.csv', 'sub/a.csv', false],
    ['*.csv', '.a.csv', false],
    ['.*.csv', '.a.csv', true],
    ['**/*.csv', 'a.csv', true],
    ['**/*.csv', 'x/y/a.csv', true],
    ['**/*.csv', 'x/.y/a.csv', false],
    ['x/**', 'x/y/a.csv', true],
    ['x/**', 'y/a.csv', false],
    ['20[0-9][0-9]/*.{csv,txt}', '2026/a.txt', true],
    ['20[0-9][0-9]/*.{csv,txt}', '20x6/a.txt', false],
    ['[!a].csv', 'b.csv', true],
    ['[!a].csv', 'a.csv', false],
    ['?.csv', 'é.csv', true],
    ['a+b(1).csv', 'a+b(1).csv', true],
    ['{a,b{1,2}}.csv', 'b2.csv', true],
    ['a[.csv', 'a[.csv', true],
  ])('%s and %s: %s', (pattern, path, isMet) => {
    expect(fits(pattern, path)).toBe(isMet);
  });

  test.each(['/etc/*', '../*', 'a//b', 'a/./b', ''])('%j is none', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow(RangeError);
  });
});

import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileProber } from '../../../../engine/attempt/sources/file.ts';
import type { FileSource } from '../../../../engine/model/source.ts';
import { failureOf, longAgo, openPlace, watch } from './asking.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const at = (path: string): FileSource => ({ kind: 'file', id: 'stops', path });

const later = new Date('2021-01-01T00:00:00Z');

describe('a file', () => {
  test('is read once, and then told by its stamp', async () => {
    const { folder, write } = openPlace();
    const place = write('data/stops.csv', 'a,b\n');
    const file = watch(fileProber, at('data/stops.csv'), folder);
    const first = await file.ask();
    expect(first.parts).toEqual([{ path: place, sha256: sha256('a,b\n'), bytes: 4 }]);
    expect(first.evidence.parts).toEqual([{ digest: sha256('a,b\n'), bytes: 4, notModified: false }]);
    const again = await file.ask();
    expect(again.parts).toEqual(first.parts);
    expect(again.evidence.parts).toEqual([{ digest: sha256('a,b\n'), bytes: 4, notModified: true }]);
    expect(JSON.stringify(again.evidence)).not.toContain('stops.csv');
  });

  test('is read again when its size or its time moves', async () => {
    const { folder, write } = openPlace();
    write('stops.csv', 'a,b\n');
    const file = watch(fileProber, at('stops.csv'), folder);
    await file.ask();
    write('stops.csv', 'a,b,c\n');
    expect((await file.ask()).evidence.parts[0]).toMatchObject({ digest: sha256('a,b,c\n'), notModified: false });
    write('stops.csv', 'a,x,c\n', later);
    expect((await file.ask()).evidence.parts[0]).toMatchObject({ digest: sha256('a,x,c\n'), notModified: false });
  });

  test('touched, it is the same content, which is noted', async () => {
    const { folder, write } = openPlace();
    write('stops.csv', 'a,b\n');
    const file = watch(fileProber, at('stops.csv'), folder);
    const first = await file.ask();
    write('stops.csv', 'a,b\n', later);
    const { evidence } = await file.ask();
    expect(evidence.parts[0]?.digest).toBe(first.evidence.parts[0]?.digest);
    expect(evidence.proof).toBe('flapping');
  });

  test('written a moment ago, it vouches for nothing: it may be written again under the same stamp', async () => {
    const { folder, write } = openPlace();
    write('stops.csv', 'a,b\n', new Date());
    const file = watch(fileProber, at('stops.csv'), folder);
    expect((await file.ask()).evidence).not.toHaveProperty('validator');
    expect((await file.ask()).evidence).toMatchObject({ parts: [{ notModified: false }] });
  });

  test('changed under its old stamp, it is found by an audit', async () => {
    const { folder, write } = openPlace();
    const place = write('stops.csv', 'a,b\n');
    const file = watch(fileProber, at('stops.csv'), folder);
    await file.ask();
    expect((await file.ask('audit')).evidence).toMatchObject({ audited: true, proof: 'clean' });
    writeFileSync(place, 'a,x\n');
    utimesSync(place, longAgo, longAgo);
    expect((await file.ask()).evidence.parts[0]?.notModified).toBe(true);
    expect((await file.ask('audit')).evidence).toMatchObject({
      audited: true,
      proof: 'lied',
      parts: [{ digest: sha256('a,x\n') }],
    });
  });

  test('of any size is hashed as it streams by', async () => {
    const { folder, write } = openPlace();
    const text = 'stop_id,stop_name\n'.repeat(200_000);
    write('large.csv', text);
    const { evidence } = await watch(fileProber, at('large.csv'), folder).ask();
    expect(evidence.parts[0]).toMatchObject({ digest: sha256(text), bytes: text.length });
  });

  test('changed between probe and attempt, the attempt has evidence of what it reads', async () => {
    const { folder, write } = openPlace();
    write('stops.csv', 'a,b\n');
    const file = watch(fileProber, at('stops.csv'), folder);
    const { evidence } = await file.ask();
    expect((await file.reopen(evidence))?.evidence).toBe(evidence);
    write('stops.csv', 'a,b,c\n');
    expect((await file.reopen(evidence))?.evidence.parts[0]?.digest).toBe(sha256('a,b,c\n'));
  });
});

describe('where a path may lead', () => {
  test('absolute as written', async () => {
    const { folder, write } = openPlace();
    const elsewhere = openPlace().write('stops.csv', 'a\n');
    write('stops.csv', 'b\n');
    const { parts } = await watch(fileProber, at(elsewhere), folder).ask();
    expect(parts[0]?.path).toBe(elsewhere);
  });

  test('relative, not out of the project', async () => {
    const { folder, write } = openPlace();
    write('stops.csv', 'a\n');
    mkdirSync(join(folder, 'project'));
    const failure = await failureOf(watch(fileProber, at('../stops.csv'), join(folder, 'project')).ask());
    expect(failure).toMatchObject({ class: 'error', retryable: false });
    expect(failure.message).toContain('expected a path within the project');
  });

  test.each(['the file', 'its folder'])('not through a link out of the project: %s', async (linked) => {
    const { folder } = openPlace();
    const secret = openPlace().write('private/stops.csv', 'secret\n');
    mkdirSync(join(folder, 'data'));
    if (linked === 'the file') symlinkSync(secret, join(folder, 'data/stops.csv'));
    else {
      rmSync(join(folder, 'data'), { recursive: true });
      symlinkSync(join(secret, '..'), join(folder, 'data'));
    }
    const failure = await failureOf(watch(fileProber, at('data/stops.csv'), folder).ask());
    expect(failure).toMatchObject({ class: 'source', retryable: false });
    expect(failure.message).toContain('a link that leads out');
  });

  test('through a link that stays within it', async () => {
    const { folder, write } = openPlace();
    symlinkSync(write('versions/1.csv', 'a\n'), join(folder, 'latest.csv'));
    expect((await watch(fileProber, at('latest.csv'), folder).ask()).evidence.parts[0]?.digest).toBe(sha256('a\n'));
  });

  test.each(['absent.csv', 'data'])('not to what is no file: %s', async (path) => {
    const { folder } = openPlace();
    mkdirSync(join(folder, 'data'));
    const failure = await failureOf(watch(fileProber, at(path), folder).ask());
    expect(failure.message).toMatch(/source `stops`: expected a file at (absent\.csv|data), got (none|something else)/);
  });
});

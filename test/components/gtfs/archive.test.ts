import { createWriteStream, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { FailureError } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import { openArchive } from '../../../components/gtfs/archive.ts';
import { type ArchiveLimits, defaultLimits } from '../../../components/gtfs/archive-limits.ts';
import { zipBytes, zipped } from './feed.ts';
import { temporaryFolder } from './load.ts';

const { signal } = new AbortController();

function opened(path: string, limits: Partial<ArchiveLimits> = {}) {
  return openArchive({ path, label: 'the feed', limits: { ...defaultLimits, ...limits }, spent: { bytes: 0 } });
}

/** What opening the zip, and unpacking all of it, fails with. */
async function refusal(path: string, limits: Partial<ArchiveLimits> = {}): Promise<string> {
  const target = temporaryFolder();
  const unpack = async () => {
    const archive = await opened(path, limits);
    try {
      for (const { name } of archive.files) await archive.extract(name, join(target, 'file'), signal);
    } finally {
      archive.close();
    }
  };
  const thrown: unknown = await unpack().catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(FailureError);
  expect((thrown as FailureError).failure.class).toBe('source');
  return (thrown as FailureError).message;
}

/** A zip whose bytes were changed by hand, where no tool would write such a thing. */
async function tampered(files: Readonly<Record<string, string>>, from: string, to: string): Promise<string> {
  const bytes = await zipBytes(files);
  const path = join(temporaryFolder(), 'tampered.zip');
  writeFileSync(path, Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1'));
  return path;
}

async function written(zip: ZipFile): Promise<string> {
  const path = join(temporaryFolder(), 'written.zip');
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

describe('an archive is refused', () => {
  test.each([
    ['../etc.txt', 'aaaaaa.txt', '../etc.txt'],
    ['/etc/x.txt', 'aaaaaa.txt', '/etc/x.txt'],
    ['C:/etcx.txt', 'aaaaaaa.txt', 'C:/etcx.txt'],
  ])('for the name %s, which leads out of it', async (_, harmless, harmful) => {
    expect(await refusal(await tampered({ [harmless]: 'x' }, harmless, harmful))).toContain(harmful);
  });

  test('for a symbolic link', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('/etc/passwd'), 'stops.txt', { mode: 0o120777 });
    expect(await refusal(await written(zip))).toContain('the symbolic link `stops.txt`');
  });

  test('for one name that is there twice', async () => {
    const path = await tampered({ 'stops.txt': 'x', 'stopz.txt': 'y' }, 'stopz.txt', 'stops.txt');
    expect(await refusal(path)).toContain('`stops.txt` twice');
  });

  test('for too many entries', async () => {
    expect(await refusal(await zipped({ a: '1', b: '2', c: '3' }), { maxEntries: 2 })).toContain(
      'at most 2 entries, got 3',
    );
  });

  test('for a bomb: far more bytes than it has itself', async () => {
    const path = await zipped({ 'stops.txt': Buffer.alloc(17 * 2 ** 20) });
    expect(await refusal(path)).toMatch(/at most 200 times the packed bytes, got `stops.txt` with \d+ times/);
  });

  test('for more bytes than the disk should hold', async () => {
    expect(await refusal(await zipped({ a: 'x'.repeat(600), b: 'x'.repeat(600) }), { maxBytes: 1_000 })).toContain(
      'no more than 1000 bytes',
    );
  });

  test('for data that are not those that were packed', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('stop_id\nS1\n'), 'stops.txt', { compress: false });
    const path = await written(zip);
    writeFileSync(path, Buffer.from(readFileSync(path, 'latin1').replace('S1', 'S2'), 'latin1'));
    expect(await refusal(path)).toContain('CRC-32');
  });
});

test('bytes that are unpacked from zips in a zip count together', async () => {
  const spent = { bytes: 0 };
  const path = await zipped({ 'stops.txt': 'x'.repeat(600) });
  const limits = { ...defaultLimits, maxBytes: 1_000 };
  const first = await openArchive({ path, label: '1/google_transit.zip', limits, spent });
  await first.extract('stops.txt', join(temporaryFolder(), 'stops.txt'), signal);
  first.close();
  await expect(openArchive({ path, label: '2/google_transit.zip', limits, spent })).rejects.toThrow('1000 bytes');
});

test('a file is unpacked as it was, under a name that the archive has no say in', async () => {
  const archive = await opened(await zipped({ 'a/stops.txt': 'stop_id\nS1\n', 'b.txt': '' }));
  expect(archive.files).toEqual([
    { name: 'a/stops.txt', bytes: 11 },
    { name: 'b.txt', bytes: 0 },
  ]);
  const folder = temporaryFolder();
  await archive.extract('a/stops.txt', join(folder, 'file'), signal);
  archive.close();
  expect(readdirSync(folder)).toEqual(['file']);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('stop_id\nS1\n');
});

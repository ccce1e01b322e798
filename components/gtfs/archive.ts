import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { FailureError, sourceFailure } from 'signalbox';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { describeBody } from '../http/describe-body.ts';
import { type ArchiveLimits, ratioFloorBytes } from './archive-limits.ts';

/** A file in a zip; folders are left out. */
export interface ArchiveFile {
  /** As the zip spells it, with `/`. */
  readonly name: string;
  readonly bytes: number;
}

/** A zip whose directory was read and found harmless. */
export interface Archive {
  readonly files: readonly ArchiveFile[];
  /** Streams a file of the zip to `target`, checking its size and its CRC. `watch` sees its bytes on their way. */
  extract(name: string, target: string, signal: AbortSignal, watch?: Watch): Promise<void>;
  close(): void;
}

const chunkBytes = 256 * 2 ** 10;
/** Of a thousand files with long paths it is a tenth. */
const maxNameBytes = 2 * 2 ** 20;
/** Without the name and the extra fields, which the directory need not repeat (APPNOTE.TXT 4.3.7). */
const localHeaderBytes = 30;

/** Sees the bytes of a file, in order. What it throws breaks the unpacking off. */
export type Watch = (bytes: Buffer) => void;

export interface ArchiveRequest {
  readonly path: string;
  /** What messages call it: `the feed`, `11/google_transit.zip`. */
  readonly label: string;
  readonly contentType?: string;
  readonly limits: ArchiveLimits;
  /** Bytes unpacked so far, shared by all archives of one feed. */
  readonly spent: { bytes: number };
}

/** Throws a `source` failure for what is no zip, and for a zip that is made to do harm. */
export async function openArchive(request: ArchiveRequest): Promise<Archive> {
  const zip = await openZip(request);
  try {
    const entries = await readDirectory(zip, request);
    return {
      files: [...entries.values()].map((entry) => ({ name: entry.fileName, bytes: entry.uncompressedSize })),
      extract: (name, target, signal, watch) =>
        extract(zip, entries.get(name), target, { request, name, signal, watch }),
      close: () => zip.close(),
    };
  } catch (thrown) {
    zip.close();
    throw thrown;
  }
}

async function openZip({ path, label, contentType }: ArchiveRequest): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (cause) {
    const body = await describeBody(path, contentType);
    const end = body.kind === 'zip' ? ' that is cut off or damaged' : '';
    throw sourceFailure(
      `expected ${label} to be a zip, got ${body.text}${end}`,
      { hint: `It was ${body.text}${end}. See what the address answers; the next run asks again.` },
      cause,
    );
  }
}

async function readDirectory(zip: ZipFile, { label, limits, spent }: ArchiveRequest): Promise<Map<string, Entry>> {
  if (zip.entryCount > limits.maxEntries) {
    throw refused(label, `at most ${limits.maxEntries} entries`, `${zip.entryCount}`);
  }
  let nameBytes = 0;
  const entries = new Map<string, Entry>();
  const names = new Set<string>();
  let declared = spent.bytes;
  try {
    for await (const entry of zip.eachEntry()) {
      nameBytes += namesOf(entry);
      if (nameBytes > maxNameBytes) throw refused(label, `at most ${maxNameBytes} bytes of names`, 'more');
      checkEntry(entry, label, limits);
      if (names.has(entry.fileName)) throw refused(label, 'each name once', `\`${entry.fileName}\` twice`);
      names.add(entry.fileName);
      declared += entry.uncompressedSize;
      if (declared > limits.maxBytes) throw tooLarge(label, limits);
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  } catch (thrown) {
    throw thrown instanceof FailureError ? thrown : damaged(label, thrown);
  }
  checkApart([...entries.values()], label);
  return entries;
}

/** With what else the directory of a zip says of an entry: all of it is held in memory. */
function namesOf({ fileNameLength, extraFieldLength, fileCommentLength }: Entry): number {
  return fileNameLength + extraFieldLength + fileCommentLength;
}

/** Entries that share their packed bytes make a small zip of any size: no tool that packs files writes them. */
function checkApart(entries: readonly Entry[], label: string): void {
  const inOrder = entries.toSorted(
    (left, right) => left.relativeOffsetOfLocalHeader - right.relativeOffsetOfLocalHeader,
  );
  for (const [index, entry] of inOrder.entries()) {
    const next = inOrder[index + 1];
    const end = entry.relativeOffsetOfLocalHeader + localHeaderBytes + entry.fileNameLength + entry.compressedSize;
    if (next && next.relativeOffsetOfLocalHeader < end) {
      throw refused(label, 'files that lie apart', `\`${next.fileName}\` within \`${entry.fileName}\``);
    }
  }
}

/** yauzl itself refuses absolute names, drive letters and `..`. */
function checkEntry(entry: Entry, label: string, limits: ArchiveLimits): void {
  const name = `\`${entry.fileName}\``;
  const isUnix = entry.versionMadeBy >> 8 === 3;
  if (isUnix && ((entry.externalFileAttributes >>> 16) & 0xf000) === 0xa000) {
    throw refused(label, 'plain files', `the symbolic link ${name}`);
  }
  if (entry.isEncrypted()) throw refused(label, 'files that are not encrypted', name);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw refused(label, 'stored or deflated files', `${name} with compression method ${entry.compressionMethod}`);
  }
  const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
  if (entry.uncompressedSize > ratioFloorBytes && ratio > limits.maxRatio) {
    throw refused(
      label,
      `at most ${limits.maxRatio} times the packed bytes`,
      `${name} with ${Math.round(ratio)} times`,
    );
  }
}

interface Extraction {
  readonly request: ArchiveRequest;
  readonly name: string;
  readonly signal: AbortSignal;
  readonly watch: Watch | undefined;
}

async function extract(
  zip: ZipFile,
  entry: Entry | undefined,
  targetPath: string,
  { request, name, signal, watch }: Extraction,
): Promise<void> {
  if (!entry) throw new Error(`Internal error: ${request.label} has no entry ${name}`);
  const { label, limits, spent } = request;
  spent.bytes += entry.uncompressedSize;
  if (spent.bytes > limits.maxBytes) throw tooLarge(label, limits);
  const seen = { bytes: 0, crc: 0 };
  let writing: Promise<void> | undefined;
  const target = await open(targetPath, 'w');
  try {
    const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false });
    const passage = { seen, promised: entry.uncompressedSize, watch };
    const take = (chunks: AsyncIterable<Buffer>) => (writing = write(chunks, target, passage));
    await pipeline(packed, decoderOf(entry), take, { signal });
  } catch (thrown) {
    signal.throwIfAborted();
    // At times a pipeline ends with an error that only follows from that of its last part.
    const first: unknown = (await writing?.catch((reason: unknown) => reason)) ?? thrown;
    throw isDiskError(first) ? first : damaged(`${label}: ${name}`, first);
  } finally {
    await target.close();
  }
  if (seen.bytes !== entry.uncompressedSize) throw damaged(`${label}: ${name}`, new Error('it ends too early'));
  if (seen.crc !== entry.crc32) throw damaged(`${label}: ${name}`, new Error('its CRC-32 does not match'));
}

/** yauzl would inflate in steps of 16 KiB, which takes three times as long. */
function decoderOf(entry: Entry): Transform {
  return entry.compressionMethod === 0 ? new PassThrough() : createInflateRaw({ chunkSize: chunkBytes });
}

interface Passage {
  readonly seen: { bytes: number; crc: number };
  /** What the directory of the zip says. */
  readonly promised: number;
  readonly watch: Watch | undefined;
}

/**
 * Counts and sums what it writes, and lets no more through than the directory of the zip promised. While a chunk is
 * written and looked at, the next one is unpacked.
 */
async function write(chunks: AsyncIterable<Buffer>, target: FileHandle, { seen, promised, watch }: Passage) {
  for await (const chunk of chunks) {
    seen.bytes += chunk.length;
    if (seen.bytes > promised) throw new Error(`it holds more than the ${promised} bytes it promises`);
    const written = target.writeFile(chunk);
    seen.crc = crc32(chunk, seen.crc);
    watch?.(chunk);
    await written;
  }
}

function isDiskError(thrown: unknown): boolean {
  return ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EDQUOT', 'EMFILE'].includes(
    (thrown as NodeJS.ErrnoException).code ?? '',
  );
}

function damaged(where: string, cause: unknown): FailureError {
  const message = `expected ${where} to be a whole, safe zip, got one that cannot be read: ${(cause as Error).message}`;
  return sourceFailure(message, { hint: 'The file is damaged at its source; the next run asks again.' }, cause);
}

function refused(label: string, expected: string, got: string): FailureError {
  const message = `expected ${label} to hold ${expected}, got ${got}`;
  return sourceFailure(message, { hint: 'The zip was refused before any of it was unpacked.', retryable: false });
}

function tooLarge(label: string, limits: ArchiveLimits): FailureError {
  return refused(label, `no more than ${limits.maxBytes} bytes`, 'more');
}

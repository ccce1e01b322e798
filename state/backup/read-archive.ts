import { buffer } from 'node:stream/consumers';
import { type Entry, open, type ZipFile } from 'yauzl';
import { infraFailure } from '../../engine/model/failure.ts';
import { type Manifest, manifestName, parseManifest } from './manifest.ts';

/** A backup that is open. Entries may be read one after another, in any order. */
export interface Archive {
  readonly manifest: Manifest;
  read(entry: string): AsyncIterable<Uint8Array>;
  close(): void;
}

/** Far more than a manifest ever has. */
const manifestBytesMax = 16 * 1_024 ** 2;

/** Throws an infra FailureError for what is no backup, or no whole one. */
export async function openArchive(file: string): Promise<Archive> {
  const zip = await openZip(file).catch((error: unknown) => {
    throw damaged(file, error);
  });
  try {
    const entries = await entriesOf(zip);
    const read = (name: string) => readEntry(zip, entries.get(name), name, file);
    if ((entries.get(manifestName)?.uncompressedSize ?? 0) > manifestBytesMax)
      throw new Error('its manifest is too long');
    const text = await buffer(read(manifestName));
    return { manifest: parseManifest(text.toString('utf8'), file), read, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw damaged(file, error);
  }
}

function openZip(file: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    open(file, { lazyEntries: true, autoClose: false }, (error, zip) => (error ? reject(error) : resolve(zip)));
  });
}

function entriesOf(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('error', reject);
    zip.on('end', () => resolve(entries));
    zip.readEntry();
  });
}

async function* readEntry(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
  file: string,
): AsyncGenerator<Uint8Array> {
  try {
    if (!entry) throw new Error(`it has no ${name}`);
    yield* await new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
      zip.openReadStream(entry, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
  } catch (error) {
    throw damaged(file, error);
  }
}

function damaged(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'FailureError') return error;
  const isMissing = 'code' in error && ['ENOENT', 'EACCES', 'EISDIR'].includes(String(error.code));
  if (isMissing) return infraFailure(`could not read ${file}: ${error.message}`, { retryable: false }, error);
  const message = `expected ${file} to be a whole backup, got one that cannot be read: ${error.message}`;
  return infraFailure(
    message,
    { hint: 'It was cut off, damaged, or made by something else.', retryable: false },
    error,
  );
}

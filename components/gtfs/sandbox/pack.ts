import { ZipFile } from 'yazl';

/** The DOS form of a date has no zone: built from local parts it is the same one everywhere. */
const sameEverywhere = { mtime: new Date(1980, 0, 1), mode: 0o100644, forceDosTimestamp: true };

/**
 * Puts files into a zip whose bytes depend on nothing but names and contents: fixed dates, modes and order.
 * `compressionLevel` is zlib's; 0 stores.
 */
export async function packZip(files: ReadonlyMap<string, Buffer>, compressionLevel: number): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) {
    zip.addBuffer(content, name, { ...sameEverywhere, compress: compressionLevel > 0, compressionLevel });
  }
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

import { parse } from 'csv-parse/sync';
import { fromBuffer } from 'yauzl';

/** The files of a zip, by name, in its order. Shares no code with the loader. */
export function unzip(zip: Buffer): Promise<Map<string, Buffer>> {
  return new Promise((resolve, reject) => {
    const files = new Map<string, Buffer>();
    fromBuffer(zip, { lazyEntries: true }, (error, archive) => {
      if (error) return reject(error);
      archive.on('error', reject).on('end', () => resolve(files));
      archive.on('entry', (entry) => {
        archive.openReadStream(entry, (failure, stream) => {
          if (failure) return reject(failure);
          const chunks: Buffer[] = [];
          stream
            .on('data', (chunk: Buffer) => chunks.push(chunk))
            .on('end', () => {
              files.set(entry.fileName, Buffer.concat(chunks));
              archive.readEntry();
            });
        });
      });
      archive.readEntry();
    });
  });
}

/** The tables of a feed in numbered folders: folder, then file name. */
export async function unzipNested(zip: Buffer): Promise<Map<string, Map<string, Buffer>>> {
  const outer = await unzip(zip);
  const folders = [...outer].map(async ([name, inner]) => [name.split('/', 1)[0] ?? '', await unzip(inner)] as const);
  return new Map(await Promise.all(folders));
}

/** The rows of a table, by column name. */
export function rowsOf(csv: Buffer): Readonly<Record<string, string>>[] {
  return parse(csv, { columns: true, bom: true });
}

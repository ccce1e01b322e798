import type { LandedBody } from 'signalbox';
import { contentDigest } from '../content-digest.ts';
import { addedFields, decodePage } from './pages.ts';

/** The body also names its host (`help`, `_links`) and the resource, and numbers the rows anew with every upload. */
export async function rowsDigest(body: LandedBody): Promise<string> {
  return contentDigest(body, readContent);
}

function readContent(bytes: Uint8Array): readonly unknown[] {
  const { fields, total, records } = decodePage(bytes);
  const rows = records.map((record) => Object.entries(record).filter(([field]) => !addedFields.has(field)));
  return [{ fields, total }, ...rows];
}

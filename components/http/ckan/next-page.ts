import type { HttpPages } from 'signalbox';
import { type Portal, rowsRequest } from './requests.ts';

/**
 * The request after each page, until `total` rows have come. The offset moves by what came: a page may be short, because
 * the server caps its `limit` in silence, and a `next` link stands even on the last one. An empty or unreadable page ends
 * the asking; `requireWhole` and `decodePage` say what is wrong with it.
 */
export function nextPage(portal: Portal, resourceId: string): NonNullable<HttpPages['next']> {
  const offsets = [0];
  return async (body, index) => {
    const { readPage } = await import('./pages.ts');
    const current = await readPage(body).catch(() => undefined);
    if (!current || current.records.length === 0) return undefined;
    const offset = (offsets[index] ?? 0) + current.records.length;
    offsets[index + 1] = offset;
    return offset < current.total ? rowsRequest(portal, resourceId, offset) : undefined;
  };
}

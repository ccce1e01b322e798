import type { HttpRequest, LandedSource, Reading, SourceEvidence } from 'signalbox';
import { sourceFailure } from 'signalbox';
import { count } from './decode.ts';
import { type LandedPages, type LandOptions, landPage, type Page } from './land-page.ts';
import { proofOfAll } from './validators.ts';

const mostPages = 10_000;
/** Of all pages together: no more than of one file. */
const mostBytes = 2 * 1024 ** 3;

/** Asks a source for all of its pages, one after another, each once, and keeps the bodies that stand (304). */
export async function landSource(source: LandedPages, options: LandOptions): Promise<LandedSource> {
  const pages: Page[] = [];
  const asked = new Set<string>();
  let bytes = 0;
  let request: HttpRequest | undefined = source.request;
  while (request) {
    refuseEndless(source.id, request, asked);
    const index = pages.length;
    const page = await landPage(source, request, options, options.previous?.parts[index]);
    pages.push(page);
    bytes += page.body.bytes;
    if (bytes > mostBytes) throw tooLong(source.id, pages.length);
    options.onPage?.(page.part, index);
    request = await source.next?.(page.body, index);
  }
  return { evidence: evidenceOf(source.id, pages, options.reading), parts: pages.map(({ body }) => body) };
}

function evidenceOf(source: string, pages: readonly Page[], reading: Reading): SourceEvidence {
  const proof = proofOfAll(pages.map((page) => page.proof));
  return {
    source,
    parts: pages.map(({ part }) => part),
    ...(proof && { proof }),
    ...(reading === 'audit' && { audited: true }),
  };
}

function tooLong(source: string, pages: number): Error {
  const message = `source \`${source}\`: expected pages of at most ${count(mostBytes)} bytes together, got more in ${pages}`;
  return sourceFailure(message, { retryable: false });
}

function refuseEndless(source: string, request: HttpRequest, asked: Set<string>): void {
  const identity = JSON.stringify([request.method ?? 'GET', request.url, request.body ?? null]);
  if (asked.has(identity)) {
    throw sourceFailure(
      `source \`${source}\`: expected a next page, got page ${asked.size} pointing back to an earlier one`,
    );
  }
  if (asked.size >= mostPages) {
    throw sourceFailure(`source \`${source}\`: expected at most ${mostPages} pages, got more`, { retryable: false });
  }
  asked.add(identity);
}

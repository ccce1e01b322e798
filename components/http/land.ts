import { join } from 'node:path';
import type {
  HttpAnswer,
  HttpClient,
  HttpRequest,
  HttpSource,
  LandedBody,
  LandedSource,
  PartEvidence,
  SourceEvidence,
} from 'signalbox';
import { sourceFailure } from 'signalbox';
import { isLanded } from './landing-folder.ts';

const mostPages = 10_000;

export interface LandOptions {
  readonly http: HttpClient;
  /** Where the bodies lie, named by their sha256. */
  readonly directory: string;
  /** What the last success saw. */
  readonly previous?: SourceEvidence;
  /** False: ask for everything anew, whatever is kept. */
  readonly conditional: boolean;
  /** Told of every page once its body is on disk. */
  readonly onPage?: (part: PartEvidence, index: number) => void;
}

interface Page {
  readonly body: LandedBody;
  readonly part: PartEvidence;
}

/** Asks a source for all of its pages, one after another, each once, and keeps the bodies that stand (304). */
export async function landSource(source: HttpSource, options: LandOptions): Promise<LandedSource> {
  const pages: Page[] = [];
  const asked = new Set<string>();
  let request: HttpRequest | undefined = source.request;
  while (request) {
    refuseEndless(source, request, asked);
    const index = pages.length;
    const page = await landPage(source, request, options, index);
    pages.push(page);
    options.onPage?.(page.part, index);
    request = await source.next?.(page.body, index);
  }
  return {
    evidence: { source: source.id, parts: pages.map(({ part }) => part) },
    parts: pages.map(({ body }) => body),
  };
}

async function landPage(
  source: HttpSource,
  request: HttpRequest,
  { http, directory, previous, conditional }: LandOptions,
  index: number,
): Promise<Page> {
  const kept = conditional ? await keptPage(previous?.parts[index], directory) : undefined;
  const { validators: _, ...plain } = request;
  const answer = await http.download({ ...plain, ...(kept && { validators: kept.part }) }, directory);
  const { body } = answer;
  if (body) {
    const digest = (await source.digest?.(body)) ?? body.sha256;
    return { body, part: { digest, sha256: body.sha256, bytes: body.bytes, ...facts(answer), notModified: false } };
  }
  if (!kept) throw sourceFailure(`source \`${source.id}\`: expected a body, got ${answer.status} without one`);
  return { body: kept.body, part: { ...kept.part, ...facts(answer), notModified: true } };
}

/** The page as it was last seen, if its body is still there, whole. */
async function keptPage(part: PartEvidence | undefined, directory: string): Promise<Page | undefined> {
  if (!part) return undefined;
  const body = { path: join(directory, part.sha256), sha256: part.sha256, bytes: part.bytes };
  return (await isLanded(body)) ? { body, part } : undefined;
}

function facts({ headers }: HttpAnswer<LandedBody>): Pick<PartEvidence, 'etag' | 'lastModified' | 'contentType'> {
  const { etag, 'last-modified': lastModified, 'content-type': contentType } = headers;
  return {
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(contentType !== undefined && { contentType }),
  };
}

function refuseEndless(source: HttpSource, request: HttpRequest, asked: Set<string>): void {
  const identity = JSON.stringify([request.method ?? 'GET', request.url, request.body ?? null]);
  if (asked.has(identity)) {
    throw sourceFailure(
      `source \`${source.id}\`: expected a next page, got page ${asked.size} pointing back to an earlier one`,
    );
  }
  if (asked.size >= mostPages) {
    throw sourceFailure(`source \`${source.id}\`: expected at most ${mostPages} pages, got more`, { retryable: false });
  }
  asked.add(identity);
}

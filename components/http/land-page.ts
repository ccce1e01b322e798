import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type {
  HttpAnswer,
  HttpClient,
  HttpPages,
  HttpRequest,
  LandedBody,
  PartEvidence,
  Proof,
  Reading,
  SourceEvidence,
} from 'signalbox';
import { FailureError, sourceFailure } from 'signalbox';
import { isLanded } from './landing-folder.ts';
import { lengthOf, proofOf, validatorsOf, vouchForSame } from './validators.ts';

/** Pages, and the logical id of the source that they belong to. */
export interface LandedPages extends HttpPages {
  readonly id: string;
}

export interface LandOptions {
  readonly http: HttpClient;
  /** Where the bodies lie, named by their sha256. */
  readonly directory: string;
  /** What the last success saw. */
  readonly previous?: SourceEvidence;
  /** Everything but `validators` asks for everything anew, whatever is kept. */
  readonly reading: Reading;
  /** Told of every page once its body is on disk. */
  readonly onPage?: (part: PartEvidence, index: number) => void;
}

/** One page: its body on disk, and what that proved. */
export interface Page {
  readonly body: LandedBody;
  readonly part: PartEvidence;
  readonly proof?: Proof;
}

/**
 * Asks for one page. `last` is what the last success saw of it: nothing, if it was asked otherwise then, and only asked with
 * when its body is still there.
 */
export async function landPage(
  source: LandedPages,
  request: HttpRequest,
  options: LandOptions,
  last: PartEvidence | undefined,
): Promise<Page> {
  const { validators: _, ...plain } = request;
  const before = last?.request === identityOf(plain) ? last : undefined;
  const kept = options.reading === 'validators' ? await keptPage(before, options.directory) : undefined;
  if (kept && before?.ignoresConditions && (await headersVouch(plain, before, options))) return notModified(kept);
  const answer = await askFor(plain, kept, options);
  if (answer.body) return read(source, plain, answer, answer.body, options, before);
  if (kept) return notModified(kept, answer);
  throw sourceFailure(`source \`${source.id}\`: expected a body, got ${answer.status} without one`);
}

/** What is asked for, wherever the source lies today. The address may hold a key, so it is not kept itself. */
function identityOf({ method = 'GET', url, body = '' }: HttpRequest): string {
  const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: url, search: '' };
  const text = JSON.stringify([method, pathname, search, body]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** With conditions where a body is kept. A server that stumbles over them (412), or a body that goes meanwhile, is asked again. */
async function askFor(
  request: HttpRequest,
  kept: Page | undefined,
  { http, directory, reading }: LandOptions,
): Promise<HttpAnswer<LandedBody>> {
  const anew = reading === 'audit' ? pastCaches(request) : request;
  if (!kept) return http.download(anew, directory);
  try {
    const answer = await http.download({ ...request, validators: kept.part }, directory);
    return answer.body || (await isLanded(kept.body)) ? answer : await http.download(anew, directory);
  } catch (error) {
    if (statusOf(error) !== 412) throw error;
    return http.download(anew, directory);
  }
}

/** RFC 9111 §5.2.1.4: an audit is about the origin, not about a cache on the way. */
function pastCaches(request: HttpRequest): HttpRequest {
  return { ...request, headers: { 'cache-control': 'no-cache', ...request.headers } };
}

async function read(
  source: LandedPages,
  request: HttpRequest,
  { headers }: HttpAnswer<LandedBody>,
  body: LandedBody,
  options: LandOptions,
  before: PartEvidence | undefined,
): Promise<Page> {
  const digest = (await source.digest?.(body)) ?? body.sha256;
  const vouched = before && vouchForSame(before, headers);
  const isSame = before?.digest === digest;
  const proof = await provedBy(vouched, isSame, request, options, before);
  const [length, contentType] = [lengthOf(headers), headers['content-type']];
  const ignoresConditions = options.reading === 'validators' && isSame && vouched === true;
  const part: PartEvidence = {
    digest,
    sha256: body.sha256,
    bytes: body.bytes,
    request: identityOf(request),
    ...validatorsOf(headers),
    ...(length !== undefined && { length }),
    ...(contentType !== undefined && { contentType }),
    ...((ignoresConditions || (before?.ignoresConditions && isSame)) && { ignoresConditions: true }),
    notModified: false,
  };
  return { body, part, ...(proof && { proof }) };
}

/** When both have moved, a server that answers 304 to anything is told apart by asking it about what is gone. */
async function provedBy(
  vouched: boolean | undefined,
  isSame: boolean,
  request: HttpRequest,
  { http, reading }: LandOptions,
  before: PartEvidence | undefined,
): Promise<Proof | undefined> {
  if (!before || vouched === undefined) return undefined;
  const proof = proofOf(vouched, isSame);
  if (proof || reading !== 'audit' || isPost(request)) return proof;
  const answer = await http.head({ ...request, validators: before }).catch(refusedAsUndefined);
  return answer?.status === 304 ? 'lied' : undefined;
}

/**
 * Whether the headers alone say that nothing moved. Another Content-Length is another content, whatever else is said; the
 * same one proves nothing, and a server that refuses HEAD, or says less to it, vouches for nothing.
 */
async function headersVouch(request: HttpRequest, before: PartEvidence, { http }: LandOptions): Promise<boolean> {
  if (isPost(request)) return false;
  const answer = await http.head(request).catch(refusedAsUndefined);
  if (!answer) return false;
  const length = lengthOf(answer.headers);
  const isAnotherLength = before.length !== undefined && length !== undefined && length !== before.length;
  return !isAnotherLength && vouchForSame(before, answer.headers) === true;
}

function isPost({ method }: HttpRequest): boolean {
  return method !== undefined && method !== 'GET';
}

function notModified({ body, part }: Page, answer?: HttpAnswer<LandedBody>): Page {
  return { body, part: { ...part, ...(answer && validatorsOf(answer.headers)), notModified: true } };
}

/** The page as it was last seen, if its body is still there, whole. */
async function keptPage(part: PartEvidence | undefined, directory: string): Promise<Page | undefined> {
  if (part?.sha256 === undefined) return undefined;
  const body = { path: join(directory, part.sha256), sha256: part.sha256, bytes: part.bytes };
  return (await isLanded(body)) ? { body, part } : undefined;
}

/** A status that is no answer: the question can be left, and the page asked for as if it had not been put. */
function refusedAsUndefined(error: unknown): undefined {
  if (statusOf(error) === undefined) throw error;
}

function statusOf(error: unknown): unknown {
  return error instanceof FailureError ? error.failure.details?.status : undefined;
}

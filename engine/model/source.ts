import type { SourceEvidence } from './evidence.ts';
import type { HttpRequest, LandedBody } from './http.ts';
import type { JsonObject } from './json.ts';

/** What a component reads from: an HTTP resource of one or more pages, each landed once and compared by content. */
export interface HttpSource {
  readonly kind: 'http';
  /** Logical id, unique within the component; stored with the evidence in place of any address. */
  readonly id: string;
  readonly request: HttpRequest;
  /** For paged sources: the request after this page, or undefined after the last. */
  readonly next?: (page: LandedBody, index: number) => Promise<HttpRequest | undefined>;
  /**
   * Digest of what the body says, for bodies that also say where or when they were made (a `help` link with the host
   * in it). Default: the sha256 of the bytes.
   */
  readonly digest?: (body: LandedBody) => Promise<string>;
}

export type Source = HttpSource;

/** What the declaration of sources may depend on. It runs in the child, before the probe. */
export interface SourceScope<Inputs = Readonly<Record<string, unknown>>, Params extends JsonObject = JsonObject> {
  readonly params: Params;
  readonly inputs: Inputs;
  /** The live base URL, or the sandbox's. No trailing slash. */
  readonly baseUrl: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A source as the component reads it: its evidence and, part by part, the file that holds the body. */
export interface LandedSource {
  readonly evidence: SourceEvidence;
  readonly parts: readonly LandedBody[];
}

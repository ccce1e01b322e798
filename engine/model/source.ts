import type { SourceEvidence } from './evidence.ts';
import type { HttpClient, HttpRequest, LandedBody } from './http.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * What a component reads from. Every kind is asked on a ladder: first what is cheap (a validator, a size, a count), then,
 * only where that moved or may not be trusted, the content itself, whose digest decides.
 */
export type Source = HttpSource | FileSource | GlobSource | CkanSource | RecordCountSource | SqlSource | CustomSource;

interface SourceBase {
  /** Logical id, unique within the component; stored with the evidence in place of any address. */
  readonly id: string;
  /**
   * Every how many answers that rest on the cheap rung the content is read all the same, to see whether it told the
   * truth. 0: never. Default: the environment's `auditEvery`.
   */
  readonly auditEvery?: number;
}

/** One HTTP resource of one or more pages, each landed once and compared by content. */
export interface HttpPages {
  readonly request: HttpRequest;
  /** For paged sources: the request after this page, or undefined after the last. */
  readonly next?: (page: LandedBody, index: number) => Promise<HttpRequest | undefined>;
  /**
   * Digest of what the body says, for bodies that also say where or when they were made (a `help` link with the host
   * in it). Default: the sha256 of the bytes.
   */
  readonly digest?: (body: LandedBody) => Promise<string>;
}

/** Cheap: ETag and Last-Modified (RFC 9110 §13). Sure: the content. */
export interface HttpSource extends SourceBase, HttpPages {
  readonly kind: 'http';
}

/** Cheap: inode, size and mtime. Sure: the sha256. */
export interface FileSource extends SourceBase {
  readonly kind: 'file';
  /** Absolute, or relative to the project and then within it. */
  readonly path: string;
}

/** All files below a folder that fit a pattern; one that is added or removed is a change. */
export interface GlobSource extends SourceBase {
  readonly kind: 'glob';
  /** A folder: absolute, or relative to the project and then within it. */
  readonly root: string;
  /** Relative to `root`: `*`, `?`, `[a-z]`, `{a,b}` within a name, `**` for any folders. A leading dot is only matched by a dot. */
  readonly pattern: string;
}

/** Rows of a resource in a CKAN datastore. Cheap: `metadata_modified`, `last_modified` and `total`. Sure: the rows. */
export interface CkanSource extends SourceBase {
  readonly kind: 'ckan';
  /** Of the portal, without `/api/3/action`. */
  readonly url: string;
  readonly package: string;
  /** Id of a resource of the package. */
  readonly resource: string;
  /** For a key: `{ apikey: secrets.PORTAL_KEY }`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Cheap: a number of records. Sure: the records, where `content` says how to get them. */
export interface RecordCountSource extends SourceBase {
  readonly kind: 'recordCount';
  /** Answers with JSON. */
  readonly request: HttpRequest;
  /** Where the number stands in the answer: a JSON pointer (RFC 6901) such as `/result/total`, or a function. */
  readonly count: string | ((answer: unknown) => number);
  readonly content?: HttpPages;
}

/** Cheap: the one row of a watermark query on PostgreSQL. Sure: the one row of a query over the content. */
export interface SqlSource extends SourceBase {
  readonly kind: 'sql';
  /** Name of a declared secret that holds a `postgres://` URL. */
  readonly secret: string;
  /** One statement that gives one row: `select max(updated_at), count(*) from trips`. Runs read-only. */
  readonly watermark: string;
  /** The same over all that is read: `select sum(hashtextextended(t::text, 0)) from trips t`. */
  readonly content?: string;
}

/** Cheap: whatever `probe` resolves to. Sure: what `content` resolves to, where it is given. */
export interface CustomSource extends SourceBase {
  readonly kind: 'custom';
  readonly probe: (scope: ProbeScope) => Promise<Json>;
  readonly content?: (scope: ProbeScope) => Promise<Json>;
}

/**
 * How high the ladder is climbed: `validators` reads the content only where the cheap rung has moved or knows nothing;
 * `content` reads it in any case; `audit` does so to see whether the cheap rung tells the truth.
 */
export type Reading = 'validators' | 'content' | 'audit';

/** What the functions of a custom source may use. */
export interface ProbeScope {
  readonly http: HttpClient;
  /** Aborts at the deadline and when the run is stopped. */
  readonly signal: AbortSignal;
}

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
  /** Pages in their order, files of a glob by path; empty for kinds that have no body (`sql`, `custom`). */
  readonly parts: readonly LandedBody[];
}

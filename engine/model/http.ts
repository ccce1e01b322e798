/** One request of a component. The client adds the guard, the caps and the deadlines; see `components/http`. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Validators of the body that is kept: the client sends If-None-Match and If-Modified-Since (RFC 9110 §13). */
  readonly validators?: Validators;
  /** Cap on the decoded body. Default 2 GiB for files, 64 MiB for text and JSON. */
  readonly maxBytes?: number;
  /** Cap on the whole exchange. Default: what is left of the attempt's deadline. */
  readonly timeoutMs?: number;
  /** Cap on the silence between two bytes. Default 60 s. */
  readonly idleTimeoutMs?: number;
  /** Calls of the component's quota that this one counts as. Default 1; 0 for what the service does not count. */
  readonly cost?: number;
  /** It may take from the quota's reserve, like every call of a component with `quota: priority(…)`. */
  readonly priority?: true;
  /** Status codes besides 2xx and 304 that are answers rather than failures, such as 404 or 204. */
  readonly acceptStatus?: readonly number[];
}

export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** A body that is on disk, whole, hashed while it streamed. */
export interface LandedBody {
  readonly path: string;
  readonly sha256: string;
  /** Decoded bytes. */
  readonly bytes: number;
  /** Of a file of a glob: its path below the root, with slashes. */
  readonly name?: string;
}

export interface HttpAnswer<Body> {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The address that answered, after redirects. */
  readonly url: string;
  /** Undefined when the source answered 304. */
  readonly body?: Body;
}

/** Every method throws a FailureError (`source`, `infra` or `timeout`) unless the status is 2xx, 304 or accepted. */
export interface HttpClient {
  /** Streams the body into `directory` under its sha256 and returns it. */
  download(request: HttpRequest, directory: string): Promise<HttpAnswer<LandedBody>>;
  text(request: HttpRequest): Promise<HttpAnswer<string>>;
  json(request: HttpRequest): Promise<HttpAnswer<unknown>>;
  /** The headers alone (HEAD). Many servers refuse it with 405 or 501, and some say less than to a GET. */
  head(request: HttpRequest): Promise<HttpAnswer<never>>;
}

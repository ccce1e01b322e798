/** What the sandbox origin is a function of. */
export interface SandboxWorld {
  readonly seed: number;
  /** The sandbox day, `YYYY-MM-DD`. */
  readonly date: string;
  /** The folder of this part under `--sandbox-data`, absolute, when it is there: serve these files, not generated ones. */
  readonly directory?: string;
}

export interface SandboxRequest {
  readonly method: string;
  /** Path below the part's mount, starting with `/`, not decoded. */
  readonly path: string;
  /** The query as sent, without `?`; signatures are over the very bytes. */
  readonly query: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** `http://host:port/<part>`, for bodies that name their own address. */
  readonly baseUrl: string;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface SandboxHandler {
  readonly mode: 'files' | 'generated';
  handle(request: SandboxRequest): Promise<SandboxResponse>;
}

/** The part of a source that answers in its place when the environment is `sandbox`. */
export interface SandboxPart {
  /** Mount point, and name of its folder in `--sandbox-data`. */
  readonly name: string;
  /** What that folder holds, for the message that explains the shape: one line per entry. */
  readonly layout: readonly string[];
  /** Keys that open the sandbox, by secret name; a component never sees the real ones there. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Throws an Error that names the file and the expected shape when `world.directory` holds something else. */
  open(world: SandboxWorld): Promise<SandboxHandler>;
}

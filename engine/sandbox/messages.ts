/** What the sandbox process is told, once. */
export interface SandboxOrder {
  /** The compiled DAG, whose components bring the parts. */
  readonly bundle: string;
  readonly seed: number;
  /** The sandbox day, `YYYY-MM-DD`. */
  readonly date: string;
  /** Folder of real files to serve in place of generated ones. */
  readonly dataDirectory?: string;
  /** 0: any free port. */
  readonly port: number;
}

export interface SandboxReady {
  readonly type: 'ready';
  readonly host: string;
  readonly port: number;
  /** Part name → where its data come from. */
  readonly modes: Readonly<Record<string, 'files' | 'generated'>>;
}

/** The data folder is not what was expected; the message prints the shape. */
export interface SandboxRefused {
  readonly type: 'refused';
  readonly message: string;
}

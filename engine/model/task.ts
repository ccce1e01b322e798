import type { Progress, RunInfo } from './context.ts';
import type { ProbeResult, SourceEvidence } from './evidence.ts';
import type { Json, JsonObject } from './json.ts';
import type { Outcome } from './outcome.ts';
import type { QuotaCounter } from './quota.ts';
import type { AuditTerms } from './trust.ts';

/** Folders of one attempt, absolute. */
export interface AttemptFolders {
  /** Bodies of the component's sources, by sha256; outlives the attempt. */
  readonly landing: string;
  readonly staging: string;
  readonly scratch: string;
  readonly quarantine: string;
  /** Where relative paths of sources begin. */
  readonly project: string;
}

/** What it takes to ask sources that answer at once. */
export interface GlanceTask
  extends Pick<
    AttemptTask,
    'component' | 'inputs' | 'params' | 'secrets' | 'baseUrl' | 'previous' | 'conditional' | 'audits'
  > {
  /** Where relative paths of sources begin. */
  readonly project: string;
}

/** Instants cross as text (ISO 8601). */
export interface TaskRun extends Omit<RunInfo, 'slot' | 'asOf'> {
  readonly slot?: string;
  readonly asOf: string;
}

/** Everything an attempt is told: plain data, so that it can cross to a child process. */
export interface AttemptTask {
  readonly component: string;
  readonly run: TaskRun;
  readonly interval: { readonly start: string; readonly end: string };
  readonly attemptId: string;
  readonly attempt: number;
  readonly degraded: boolean;
  /** Stored outputs of the direct upstreams, by the names in `dependsOn`; read with today's schemas. */
  readonly inputs: Readonly<Record<string, Json>>;
  readonly params: JsonObject;
  /** Only those that the component declares. Sent over the channel, never in argv or the environment. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  /** Where the http client may go: public addresses (and the listed hosts), or the sandbox alone. */
  readonly network: NetworkRule;
  readonly folders: AttemptFolders;
  /** What the last success read; the base of conditional requests. */
  readonly previous: readonly SourceEvidence[];
  /** What the probe of this very run has landed: used as it is, never asked for again. */
  readonly landed: readonly SourceEvidence[];
  /** False: fetch without If-None-Match, because the output is missing or the run is forced. */
  readonly conditional: boolean;
  /** Whose word is to be verified, by source. */
  readonly audits: AuditTerms;
  readonly limits: AttemptLimits;
}

export type NetworkRule =
  | { readonly kind: 'public'; readonly allowHosts: readonly string[] }
  | { readonly kind: 'only'; readonly host: string; readonly port: number };

export interface AttemptLimits {
  readonly sqlMemoryMb: number;
  readonly sqlThreads: number;
}

/** Why an attempt is stopped before it ends by itself. */
export type StopCause = 'component_timeout' | 'run_timeout' | 'interrupted' | 'cancelled' | 'after_failure';

/** How the parent follows and ends one probe or attempt. */
export interface AttemptControl {
  readonly timeoutMs: number;
  /** Between two rungs of the ladder: abort → SIGTERM → SIGKILL. */
  readonly graceMs: number;
  /** The run's own stop; its reason is a StopCause. */
  readonly signal: AbortSignal;
  /** Once it aborts, no rung of the ladder is waited on. */
  readonly hurry?: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onLog: (line: LogLine) => void;
  /** Absent where calls are not counted. */
  readonly quota?: QuotaCounter;
}

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields?: JsonObject;
}

/** Where one probe or attempt is carried out: a child process of its own, or this one. */
export interface Workplace {
  readonly pid?: number;
  probe(task: AttemptTask, control: AttemptControl): Promise<ProbeResult>;
  /** Never rejects for anything the component does. */
  attempt(task: AttemptTask, control: AttemptControl): Promise<Outcome>;
  /** Gives the place of work back; it is reused only when it is known to be clean. */
  release(): Promise<void>;
}

/** Opens workplaces of one isolation. */
export interface Workshop {
  /**
   * Asks the sources of a component without a workplace, where all of them answer at once, as files do. Undefined where
   * they do not: then a workplace is to be opened for it.
   */
  glance?(task: GlanceTask): Promise<readonly SourceEvidence[] | undefined>;
  open(component: string): Promise<Workplace>;
  close(): Promise<void>;
}

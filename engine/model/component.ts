import type { ZodType } from 'zod';
import type { ComponentContext } from './context.ts';
import type { DurationMs } from './duration.ts';
import type { JsonObject } from './json.ts';
import type { QuotaUse } from './quota.ts';
import type { SandboxPart } from './sandbox.ts';
import type { CatchupPolicy } from './slot.ts';
import type { Source, SourceScope } from './source.ts';

/** Airflow's names. Only direct upstreams count. */
export const triggerRules = [
  'all_success',
  'all_done',
  'one_success',
  'one_failed',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
] as const;
export type TriggerRule = (typeof triggerRules)[number];

export const frequencies = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Frequency = (typeof frequencies)[number] | { readonly every: DurationMs };

export interface Dependency {
  /** The name under which the upstream's output is found in `inputs`. */
  readonly name: string;
  readonly component: string;
  /** If it failed, the downstream runs all the same, marked `degraded`. */
  readonly optional: boolean;
}

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly max: number;
  readonly delayMs: DurationMs;
  readonly maxDelayMs: DurationMs;
}

export type Isolation = 'process' | 'inline';

/** A program in place of a function: no shell, output to the log, exit code 0 is success. */
export type Command = readonly [file: string, ...args: string[]];

/** The version of a component whose code counts: in a run the digest of its DAG's code stands for it. */
export const codeVersion = 'code';

/** A node of a DAG, validated. Authors write `component({ … })`; see `engine/api.ts`. */
export interface Component {
  readonly id: string;
  readonly description?: string;
  /** Part of the fingerprint: raise it when the same input should give another output. `code`: the code itself counts. */
  readonly version: string;
  readonly dependsOn: readonly Dependency[];
  readonly rule: TriggerRule;
  readonly frequency?: Frequency;
  readonly cron?: string;
  readonly timeoutMs?: DurationMs;
  /** What it does not name, the environment decides. */
  readonly retries?: Partial<RetryPolicy>;
  readonly group?: string;
  readonly quota?: QuotaUse;
  readonly enabled: boolean;
  readonly isolation: Isolation;
  readonly params: JsonObject;
  readonly secrets: readonly string[];
  readonly baseUrl?: string;
  readonly sandbox?: SandboxPart;
  readonly sources?: (scope: SourceScope) => readonly Source[];
  readonly output: ZodType;
  readonly run?: (context: ComponentContext) => Promise<unknown>;
  readonly command?: Command;
}

/** Components with a name in common: to run them together, to share places, or both. */
export interface Group {
  readonly description?: string;
  /** At work at a time, of those that name it as their `group`. */
  readonly concurrency?: number;
  /** Ids of the components that it lists itself. */
  readonly components: readonly string[];
}

/** What becomes of the others when a component has failed for good: `docs/runs.md`. */
export const failurePolicies = ['continue', 'stop_new', 'abort'] as const;
export type FailurePolicy = (typeof failurePolicies)[number];

/** A validated, frozen set of components with what they share. */
export interface Dag {
  readonly id: string;
  readonly description?: string;
  /** IANA name. Default `UTC`. */
  readonly timezone: string;
  readonly schedule?: string;
  /** What becomes of late slots; what is not said, the environment decides. See `docs/schedules.md`. */
  readonly catchup?: CatchupPolicy;
  readonly toleranceMs?: DurationMs;
  readonly catchupWindowMs?: DurationMs;
  readonly timeoutMs?: DurationMs;
  readonly concurrency?: number;
  /** What is not said, the environment decides. */
  readonly failurePolicy?: FailurePolicy;
  readonly groups: Readonly<Record<string, Group>>;
  /** In an order in which every component comes after its upstreams. */
  readonly components: readonly Component[];
}

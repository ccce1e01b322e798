import type { ZodType, z } from 'zod';
import type { Command, FailurePolicy, Frequency, Isolation, TriggerRule } from '../model/component.ts';
import type { ComponentContext } from '../model/context.ts';
import type { JsonObject } from '../model/json.ts';
import type { SandboxPart } from '../model/sandbox.ts';
import type { CatchupPolicy } from '../model/slot.ts';
import type { Source, SourceScope } from '../model/source.ts';
import type { ComponentHandle, OptionalHandle } from './handle.ts';
import type { PriorityHandle, QuotaHandle } from './quota.ts';

/** `250ms`, `30s`, `1.5m`, `2h`, `1d`. */
export type DurationText = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** The names under which outputs of upstreams appear in `inputs`. */
export type Dependencies = Readonly<Record<string, ComponentHandle | OptionalHandle>>;
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- no names at all is what is meant
export type NoDependencies = Readonly<Record<never, never>>;

/** Outputs of direct upstreams: sure to be there only under `all_success`, and never for `optional` ones. */
export type InputsOf<D extends Dependencies, R extends TriggerRule = 'all_success'> = {
  readonly [Name in keyof D]: InputFrom<D[Name], R>;
};

type InputFrom<Upstream, R extends TriggerRule> =
  Upstream extends ComponentHandle<infer Output>
    ? [R] extends ['all_success']
      ? Output
      : Output | undefined
    : Upstream extends OptionalHandle<infer Output>
      ? Output | undefined
      : never;

export interface RetryOptions {
  /** Tries after the first one. */
  readonly max: number;
  /** Before the first retry; doubles from there. Default 5s. */
  readonly delay?: DurationText;
  /** Default 5m, or `delay` if that is longer. */
  readonly maxDelay?: DurationText;
}

interface CommonOptions<R extends TriggerRule> {
  /** `[a-z][a-z0-9-]*`, at most 63 bytes, unique in its DAG. */
  readonly id: string;
  readonly description?: string;
  /** Airflow's names. Default `all_success`. */
  readonly rule?: R;
  readonly frequency?: Exclude<Frequency, object> | { readonly every: DurationText };
  /** Five fields or an alias such as `@daily`, in the DAG's time zone. Not together with `frequency`. */
  readonly cron?: string;
  /** Of one attempt. Default: the environment's. */
  readonly timeout?: DurationText;
  /** A number is `{ max }`. Default: the environment's. */
  readonly retries?: number | RetryOptions;
  /** One of the DAG's `groups`, whose concurrency it shares. */
  readonly group?: string;
  /** What its calls are charged to; `priority(quota)` may use the reserve. */
  readonly quota?: QuotaHandle | PriorityHandle;
  /** Default true. */
  readonly enabled?: boolean;
}

/**
 * What the factory of a component leaves to the author of the DAG. Name in `D` the upstreams whose outputs the component
 * reads: they are then required, under `all_success` unless `R` admits more. Without `D` any dependencies and any rule do.
 */
export type ComponentOptions<
  D extends Dependencies = Dependencies,
  R extends TriggerRule = string extends keyof D ? TriggerRule : 'all_success',
> = CommonOptions<R> & (NoDependencies extends D ? { readonly dependsOn?: D } : { readonly dependsOn: D });

/** Everything that `component()` takes. `D`, `R`, `S` and `P` are inferred. */
export interface ComponentDefinition<
  D extends Dependencies = Dependencies,
  R extends TriggerRule = TriggerRule,
  S extends ZodType = ZodType,
  P extends JsonObject = JsonObject,
> extends CommonOptions<R> {
  readonly dependsOn?: D;
  /**
   * Raise it when the same input should give another output. `code`: any change of the code of the DAG file, or of what it
   * imports, counts as one. Default `1`.
   */
  readonly version?: string;
  /** Default `process`. */
  readonly isolation?: Isolation;
  /** JSON; part of the fingerprint. A `type`, not an `interface`: only those are assignable to JSON objects. */
  readonly params?: P;
  /** Names such as `PTV_KEY`; only these are given to the component. */
  readonly secrets?: readonly string[];
  /** `https://host[/path]` without a trailing slash. */
  readonly baseUrl?: string;
  readonly sandbox?: SandboxPart;
  readonly sources?: (scope: SourceScope<InputsOf<D, R>, P>) => readonly Source[];
  /** Of the value that `run` resolves to. Default: any JSON, nothing being null. */
  readonly output?: S;
  /** Exactly one of `run` and `command`. */
  readonly run?: (context: ComponentContext<InputsOf<D, R>, P>) => Promise<z.output<S>>;
  readonly command?: Command;
}

export interface GroupDefinition {
  readonly description?: string;
  /** Of the components that name it as their `group`: at work at a time. */
  readonly concurrency?: number;
  /** Components that belong to it besides those that name it. A component may be in several. */
  readonly components?: readonly ComponentHandle[];
}

export interface DagDefinition {
  /** `[a-z][a-z0-9-]*`, at most 63 bytes. */
  readonly id: string;
  readonly description?: string;
  /** IANA name, of every cron expression in the DAG. Default `UTC`. */
  readonly timezone?: string;
  /** When a run is due: cron, five fields or an alias. */
  readonly schedule?: string;
  /** What becomes of slots that nobody was there for, see `docs/schedules.md`. Default: the environment's, `latest`. */
  readonly catchup?: CatchupPolicy;
  /** A slot not older than this is still on time. Default: the environment's, 1h. */
  readonly tolerance?: DurationText;
  /** Under `catchup: 'all'`: how old a slot may be. Default: the environment's, 24h. */
  readonly catchupWindow?: DurationText;
  /** Of a whole run. Default: the environment's. */
  readonly timeout?: DurationText;
  /** Components at work at a time. Default: the environment's. */
  readonly concurrency?: number;
  /** What becomes of the others when a component has failed, see `docs/runs.md`. Default: the environment's, `continue`. */
  readonly failurePolicy?: FailurePolicy;
  /** Named sets of components, to run by `--group`; those with a concurrency are pools for who names them as `group`. */
  readonly groups?: Readonly<Record<string, GroupDefinition>>;
  readonly components: readonly ComponentHandle[];
}

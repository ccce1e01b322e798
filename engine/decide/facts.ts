import type { Component } from '../model/component.ts';
import type { ProbeResult } from '../model/evidence.ts';
import type { Json } from '../model/json.ts';
import type { LastSuccess } from '../model/ports.ts';

/** What the trigger rule made of the ends of the direct upstreams. */
export interface UpstreamAnswer {
  /** `run`: the rule is met. `skip` hands a skip on, `blocked` ends the component as `upstream_failed`. */
  readonly verdict: 'run' | 'skip' | 'blocked';
  /** `rule_met`, `upstream_failed`, `upstream_never_succeeded`, `condition`, … */
  readonly reason: string;
  readonly because: string;
  /** Upstream component → its status in this run, for the record. */
  readonly statuses: Readonly<Record<string, string>>;
  /** In a backfill: upstream component that rests → the slot that its output was made for, or `newest`. */
  readonly read?: Readonly<Record<string, string>>;
}

/** Whether a component's newest slot is still open, in a run that answers for slots. */
export interface DueAnswer {
  readonly due: boolean;
  /** `due`, `never_succeeded`, `no_schedule`, `not_due`, … */
  readonly reason: string;
  readonly because: string;
  /** Newest slot, next slot, what answered last: for the record. */
  readonly inputs: Readonly<Record<string, Json>>;
}

/** What is left of the quota that a component's calls are charged to, when its turn has come. */
export interface QuotaAnswer {
  /** False: not even one call is left to it, so that nothing can be asked of its source. */
  readonly available: boolean;
  readonly because: string;
  /** Limit, used, reserve, when the window ends: for the record. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** When there will be calls again; absent while there are some. */
  readonly resumesAt?: Date;
}

/** All that a decision is a function of. Nothing in it asks the world. */
export interface DecisionFacts {
  readonly component: Pick<Component, 'id' | 'version' | 'params' | 'enabled'>;
  readonly declaresSource: boolean;
  readonly declaresUpstream: boolean;
  readonly selected: boolean;
  readonly forced: boolean;
  /** The run is one of a backfill: what is due in its slot runs, whatever it has become since. Default false. */
  readonly backfilled?: boolean;
  /** Undefined in a run that does not answer for slots: it asks every selected component now. */
  readonly due?: DueAnswer;
  /** Undefined for a component whose calls are not counted. */
  readonly quota?: QuotaAnswer;
  readonly upstreams: UpstreamAnswer;
  /** Upstream component → output digest it has now; `failed` stands for an optional one that failed. */
  readonly upstreamDigests: Readonly<Record<string, string>>;
  readonly lastSuccess?: LastSuccess;
  /** Published files of the last success that are gone or have another size. */
  readonly missingOutputs: readonly string[];
  /** Undefined until the sources have been asked. */
  readonly probe?: ProbeResult;
}

import type { Component } from '../model/component.ts';
import type { ProbeResult } from '../model/evidence.ts';
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
}

/** All that a decision is a function of. Nothing in it asks the world. */
export interface DecisionFacts {
  readonly component: Pick<Component, 'id' | 'version' | 'params' | 'enabled'>;
  readonly declaresSource: boolean;
  readonly declaresUpstream: boolean;
  readonly selected: boolean;
  readonly forced: boolean;
  readonly upstreams: UpstreamAnswer;
  /** Upstream component → output digest it has now; `failed` stands for an optional one that failed. */
  readonly upstreamDigests: Readonly<Record<string, string>>;
  readonly lastSuccess?: LastSuccess;
  /** Published files of the last success that are gone or have another size. */
  readonly missingOutputs: readonly string[];
  /** Undefined until the sources have been asked. */
  readonly probe?: ProbeResult;
}

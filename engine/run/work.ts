import type { Component } from '../model/component.ts';
import type { Decision } from '../model/decision.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { Origin } from './ports.ts';
import type { Upstreams } from './upstreams.ts';

/** What stays the same over all tries of one component run. */
export interface Work {
  readonly component: Component;
  readonly decision: Decision;
  readonly origin: Origin;
  readonly upstreams: Upstreams;
  /** What the probe of this run has landed. */
  readonly landed: readonly SourceEvidence[];
}

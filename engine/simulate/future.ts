import { fingerprintOf } from '../decide/fingerprint.ts';
import type { Component } from '../model/component.ts';
import type { ProbeResult, SourceEvidence } from '../model/evidence.ts';
import type { LastSuccess } from '../model/ports.ts';
import type { SimulationInput } from '../model/simulation.ts';
import { buildGraph, type ComponentGraph } from '../plan/graph.ts';
import { priorities as prioritiesOf } from '../plan/priorities.ts';
import type { OwnFacts } from '../run/gather-facts.ts';
import { dagScheduleOf } from '../schedule/dag-schedule.ts';
import { dueOf } from '../schedule/due.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { Findings } from './findings.ts';
import { QuotaLedger } from './quota-ledger.ts';

interface AttemptSeen {
  readonly component: Component;
  readonly slot: Date;
  readonly startMs: number;
  readonly endMs: number;
  readonly upstreamDigests: Readonly<Record<string, string>>;
}

/** What runs of the future leave to the runs after them. */
export class Future {
  readonly input: SimulationInput;
  readonly graph: ComponentGraph;
  readonly priorities: ReadonlyMap<string, number>;
  readonly components: ReadonlyMap<string, Component>;
  readonly lastSuccesses: Map<string, LastSuccess>;
  /** Until when the newest attempt of a component is at work. */
  readonly busyUntilMs = new Map<string, number>();
  readonly calls = new Map<string, number>();
  readonly findings = new Findings();
  readonly #schedules: ReadonlyMap<string, Schedule>;
  readonly #quotas = new QuotaLedger();
  readonly #owedChanges = new Map<string, number>();

  constructor(input: SimulationInput) {
    this.input = input;
    this.graph = buildGraph(input.dag);
    this.priorities = prioritiesOf(this.graph, new Map([...input.past].map(([id, { wallMs }]) => [id, wallMs])));
    this.components = new Map(input.dag.components.map((component) => [component.id, component]));
    this.lastSuccesses = new Map(input.lastSuccesses);
    this.#schedules = dagScheduleOf(input.dag).components;
  }

  factsOf(component: Component, slot: Date, now: Date): OwnFacts {
    const lastSuccess = this.lastSuccesses.get(component.id);
    const lastAnswered = lastSuccess?.answeredUntil;
    const schedule = this.#schedules.get(component.id);
    const due = dueOf({ schedule, now, slot, lastAnswered });
    return {
      component,
      declaresSource: component.sources !== undefined,
      declaresUpstream: component.dependsOn.length > 0,
      selected: true,
      forced: false,
      missingOutputs: [],
      due,
      ...(lastSuccess ? { lastSuccess } : {}),
      ...(due.due ? this.#quotaOf(component, now) : {}),
    };
  }

  /** A probe is one call, and so is the least that an attempt makes. */
  #quotaOf(component: Component, now: Date): Pick<OwnFacts, 'quota'> {
    if (!component.quota) return {};
    const available = this.#quotas.take(component.quota, 1, now) > 0;
    return { quota: { available, because: available ? 'a call is left' : 'no call is left', inputs: {} } };
  }

  /** Changed as often as it was found to be in the past, evenly; always, where nothing is known. */
  probe(component: Component, slot: Date): ProbeResult {
    const share = this.input.past.get(component.id)?.changedShare ?? 1;
    const owed = (this.#owedChanges.get(component.id) ?? 0) + share;
    const hasChanged = owed >= 1;
    this.#owedChanges.set(component.id, hasChanged ? owed - 1 : owed);
    const evidence = this.lastSuccesses.get(component.id)?.evidence ?? [];
    return { known: true, evidence: hasChanged ? evidenceOf(slot) : evidence };
  }

  durationMs(component: Component, slot: Date): number {
    const timeoutMs = component.timeoutMs ?? this.input.componentTimeoutMs;
    if (!this.#isTooSlow(component)) return Math.ceil(this.input.past.get(component.id)?.wallMs ?? timeoutMs);
    const message = 'it takes longer than its timeout, by its last successes';
    this.findings.add('component_timeout', component.id, slot, message);
    return timeoutMs;
  }

  #isTooSlow({ id, timeoutMs }: Component): boolean {
    const wallMs = this.input.past.get(id)?.wallMs ?? 0;
    return wallMs > (timeoutMs ?? this.input.componentTimeoutMs);
  }

  /** Returns how the attempt ends. What takes longer than its timeout, or runs out of calls, leaves its slot open. */
  endAttempt({ component, slot, startMs, endMs, upstreamDigests }: AttemptSeen): 'success' | 'timed_out' | 'deferred' {
    if (!this.#takeCalls(component, new Date(startMs))) return 'deferred';
    if (this.#isTooSlow(component)) return 'timed_out';
    const evidence = component.sources ? evidenceOf(slot) : [];
    this.lastSuccesses.set(component.id, {
      component: component.id,
      componentRunId: '',
      finishedAt: new Date(endMs),
      output: null,
      outputDigest: `${component.id} ${slot.toISOString()}`,
      fingerprint: fingerprintOf({ component, evidence, upstreamDigests }),
      upstreamDigests,
      evidence,
      trust: {},
      skips: 0,
      datasets: [],
      answeredUntil: slot,
    });
    return 'success';
  }

  #takeCalls(component: Component, now: Date): boolean {
    const calls = this.input.past.get(component.id)?.calls ?? 0;
    this.calls.set(component.id, (this.calls.get(component.id) ?? 0) + calls);
    if (!component.quota || calls <= 1) return true;
    const isEnough = this.#quotas.take(component.quota, calls - 1, now) === calls - 1;
    if (!isEnough) this.tellDeferred(component, now);
    return isEnough;
  }

  /** `unchanged` answers a slot, too. */
  answer(component: Component, slot: Date): void {
    const last = this.lastSuccesses.get(component.id);
    if (last) this.lastSuccesses.set(component.id, { ...last, answeredUntil: slot });
  }

  tellDeferred({ id, quota }: Component, now: Date): void {
    this.findings.add('quota_exhausted', quota?.name ?? id, now, `${id} has no call left and is deferred`);
  }

  tellRunTimedOut(slot: Date): void {
    this.findings.add('run_timeout', this.input.dag.id, slot, 'the run takes longer than its timeout');
  }
}

function evidenceOf(slot: Date): readonly SourceEvidence[] {
  const digest = slot.toISOString();
  return [{ source: 'source', parts: [{ digest, sha256: '', bytes: 0, notModified: false }] }];
}

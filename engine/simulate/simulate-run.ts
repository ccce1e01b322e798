import { decide } from '../decide/decide.ts';
import type { DecisionFacts } from '../decide/facts.ts';
import type { Component } from '../model/component.ts';
import type { Decision } from '../model/decision.ts';
import type { SimulatedComponent, SimulatedRun } from '../model/simulation.ts';
import { createPlan } from '../plan/plan.ts';
import { restingEnd } from '../run/resting-end.ts';
import { readUpstreams, type SeenEnd } from '../run/upstreams.ts';
import type { Future } from './future.ts';

/** A component that was decided to run, until it has ended. */
interface Work {
  readonly component: Component;
  readonly decision: Decision;
  readonly upstreamDigests: Readonly<Record<string, string>>;
  readonly turnMs: number;
}

interface LiveWork extends Work {
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * One run, event by event: whoever is ready is decided by `decide()`, what is to run waits for a place of the run and of its
 * group and for the end of the same component in an earlier run, and takes as long as it took before.
 */
export function simulateRun(slot: Date, future: Future): SimulatedRun {
  return new RunInProgress(slot, future).toTheEnd();
}

class RunInProgress {
  readonly #slot: Date;
  readonly #future: Future;
  readonly #plan;
  readonly #deadlineMs: number;
  readonly #ends = new Map<string, SeenEnd>();
  readonly #done: SimulatedComponent[] = [];
  #waiting: Work[] = [];
  #live: LiveWork[] = [];
  #nowMs: number;
  #peak = 0;

  constructor(slot: Date, future: Future) {
    this.#slot = slot;
    this.#future = future;
    this.#plan = createPlan(future);
    this.#nowMs = slot.getTime();
    this.#deadlineMs = slot.getTime() + future.input.timeoutMs;
  }

  toTheEnd(): SimulatedRun {
    while (!this.#plan.isDone) {
      for (const id of this.#plan.takeReady()) this.#takeTurn(this.#future.components.get(id) as Component);
      this.#startWaiting();
      this.#toNextEvent();
    }
    const timedOut = this.#done.some(({ reason }) => reason === 'run_timed_out');
    return { slot: this.#slot, end: new Date(this.#nowMs), peak: this.#peak, timedOut, components: this.#done };
  }

  #takeTurn(component: Component): void {
    if (this.#nowMs >= this.#deadlineMs) {
      this.#endWithout(component, { verdict: 'skip', reason: 'run_timed_out', checks: [] });
      return;
    }
    const { input } = this.#future;
    const upstreams = readUpstreams(component, this.#ends, { environment: input.environment, dag: input.dag.id });
    const facts = this.#future.factsOf(component, this.#slot, new Date(this.#nowMs));
    const decision = this.#decide(component, {
      ...facts,
      upstreams: upstreams.answer,
      upstreamDigests: upstreams.digests,
    });
    const work = { component, decision, upstreamDigests: upstreams.digests, turnMs: this.#nowMs };
    if (decision.verdict === 'run') this.#waiting.push(work);
    else this.#endWithout(component, decision);
  }

  #decide(component: Component, facts: DecisionFacts): Decision {
    const first = decide(facts);
    const decision = first === 'probe' ? decide({ ...facts, probe: this.#future.probe(component, this.#slot) }) : first;
    if (decision === 'probe') throw new Error(`Internal error: ${component.id} asked to be probed twice`);
    return decision;
  }

  #endWithout(component: Component, decision: Decision): void {
    const now = new Date(this.#nowMs);
    const end = restingEnd(component.id, decision, this.#future.lastSuccesses.get(component.id));
    if (decision.verdict === 'unchanged') this.#future.answer(component, this.#slot);
    if (decision.verdict === 'defer') this.#future.tellDeferred(component, now);
    this.#finish(end, { verdict: decision.verdict, reason: decision.reason, start: now, end: now, waitedMs: 0 });
  }

  #finish(end: SeenEnd, seen: Omit<SimulatedComponent, 'component' | 'timedOut'>): void {
    this.#ends.set(end.component, end);
    this.#done.push({ component: end.component, ...seen, timedOut: end.status === 'timed_out' });
    this.#plan.finish(end.component);
  }

  /** Highest priority first, as far as there are places. */
  #startWaiting(): void {
    const { priorities } = this.#future;
    const byPriority = this.#waiting.toSorted(
      (left, right) => (priorities.get(right.component.id) ?? 0) - (priorities.get(left.component.id) ?? 0),
    );
    this.#waiting = byPriority.filter((work) => !this.#hasStarted(work));
    this.#peak = Math.max(this.#peak, this.#live.length);
  }

  #hasStarted(work: Work): boolean {
    const { input, busyUntilMs } = this.#future;
    const { group, id } = work.component;
    const groupSize = group === undefined ? undefined : input.dag.groups[group]?.concurrency;
    const inGroup = this.#live.filter(({ component }) => component.group === group).length;
    if (this.#live.length >= input.concurrency || (groupSize !== undefined && inGroup >= groupSize)) return false;
    if ((busyUntilMs.get(id) ?? 0) > this.#nowMs) return false;
    const endMs = this.#nowMs + this.#future.durationMs(work.component, this.#slot);
    busyUntilMs.set(id, endMs);
    this.#live.push({ ...work, startMs: this.#nowMs, endMs });
    return true;
  }

  /** To the next end of an attempt, or to when an earlier run lets a component go, and not past the run's deadline. */
  #toNextEvent(): void {
    if (this.#live.length === 0 && this.#waiting.length === 0) return;
    const released = this.#waiting.map(({ component }) => this.#future.busyUntilMs.get(component.id) ?? 0);
    const events = [...this.#live.map(({ endMs }) => endMs), ...released.filter((at) => at > this.#nowMs)];
    this.#nowMs = Math.min(this.#deadlineMs, ...events);
    if (this.#nowMs >= this.#deadlineMs) this.#stopAll();
    const ended = this.#live.filter(({ endMs }) => endMs <= this.#nowMs);
    this.#live = this.#live.filter(({ endMs }) => endMs > this.#nowMs);
    for (const work of ended) this.#endAttempt(work);
  }

  #endAttempt({ component, decision, upstreamDigests, startMs, endMs, turnMs }: LiveWork): void {
    const status = this.#future.endAttempt({ component, slot: this.#slot, startMs, endMs, upstreamDigests });
    const published = status === 'success' ? this.#future.lastSuccesses.get(component.id) : undefined;
    const end: SeenEnd = { component: component.id, status, reason: status, ...(published ? { published } : {}) };
    this.#finish(end, {
      verdict: decision.verdict,
      reason: decision.reason,
      start: new Date(startMs),
      end: new Date(endMs),
      waitedMs: startMs - turnMs,
    });
  }

  #stopAll(): void {
    const [live, waiting] = [this.#live, this.#waiting];
    this.#live = [];
    this.#waiting = [];
    this.#future.tellRunTimedOut(this.#slot);
    for (const { component, startMs, turnMs } of live) {
      this.#future.busyUntilMs.set(component.id, this.#nowMs);
      const seen = { start: new Date(startMs), end: new Date(this.#nowMs), waitedMs: startMs - turnMs };
      const end = { component: component.id, status: 'timed_out', reason: 'run_timed_out' } as const;
      this.#finish(end, { verdict: 'run', reason: 'run_timed_out', ...seen });
    }
    for (const { component } of waiting)
      this.#endWithout(component, { verdict: 'skip', reason: 'run_timed_out', checks: [] });
  }
}

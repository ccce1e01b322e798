import type { Component } from '../../model/component.ts';
import { type Failure, FailureError } from '../../model/failure.ts';
import type { Warning } from '../../model/outcome.ts';
import type { QuotaAsk, QuotaCounter, QuotaObservation, QuotaReply, QuotaUse } from '../../model/quota.ts';
import type { RunState } from '../run-state.ts';
import { type Charged, charge, keyOf, shortWaitMs } from './charge.ts';
import { lessonOf } from './lesson.ts';
import { leftOf, type QuotaStanding } from './standing.ts';
import { exhaustedWords } from './wording.ts';

/** Why an attempt or a probe got no further, and when it could. */
export interface RanDry {
  readonly failure: Failure;
  readonly resumesAt: Date;
}

/** Every call of one attempt or probe passes here before it is sent. */
export interface QuotaGate extends QuotaCounter {
  /**
   * Set when a call was refused that cannot be made soon, and an attempt that failed so may have failed for that: it made
   * no further call since, or what it failed with names the refusal.
   */
  ranDry(failure: Failure): RanDry | undefined;
  readonly warnings: readonly Warning[];
  /** Lets no further call through; resolves when all that was learned is on record. */
  close(): Promise<void>;
}

const tooLate: QuotaReply = {
  granted: false,
  failure: { class: 'infra', message: 'the attempt that this call was for is over' },
};

/** Undefined for a component whose calls are not counted. A probe never takes from the reserve. */
export function openGate(component: Component, kind: 'probe' | 'attempt', state: RunState): QuotaGate | undefined {
  const { quota } = component;
  return quota && createGate(component, quota, kind, state);
}

function createGate(
  component: Component,
  quota: QuotaUse,
  kind: 'probe' | 'attempt',
  { ports, stop }: RunState,
): QuotaGate {
  const { clock, quotas } = ports;
  const closed = new AbortController();
  const parts = { clock, quotas, over: AbortSignal.any([closed.signal, stop]) };
  const warnings: Warning[] = [];
  const learning: Promise<void>[] = [];
  const refusals = noteRefusals();
  let known: QuotaStanding | undefined;

  const take = async (asked: QuotaAsk): Promise<QuotaReply> => {
    const priority = kind === 'attempt' && (quota.priority || asked.priority);
    const impossible = impossibleFailure(quota, { ...asked, priority });
    if (impossible) return { granted: false, failure: impossible };
    try {
      const charged = await charge(component, quota, { ...asked, priority }, parts);
      known = charged.standing;
      if (!charged.granted) return { granted: false, failure: refusals.note(dryness(charged, priority)) };
      refusals.goneOn();
      return { granted: true };
    } catch (thrown) {
      return { granted: false, failure: failureOf(thrown) };
    }
  };
  const learn = (observation: QuotaObservation) => {
    const now = clock.now();
    const window = quotas.windowOf(quota, now);
    const { lesson, oddities } = lessonOf(observation, quota, window, now);
    for (const oddity of oddities) note(warnings, quota, oddity);
    if (!lesson || isKnown(lesson, known)) return;
    learning.push(
      quotas.store.learn(keyOf(component, quota, quotas), lesson).catch((error: unknown) => {
        note(warnings, quota, `what the service said of it was not recorded: ${(error as Error).message}`);
      }),
    );
    const { resumeAt } = lesson;
    if (observation.pauseMs === undefined || !resumeAt || resumeAt.getTime() - now.getTime() <= shortWaitMs) return;
    const count = { used: known?.count.used ?? 0, ...known?.count, resumeAt };
    refusals.note(dryness({ granted: false, standing: { quota, window, count }, resumesAt: resumeAt }, quota.priority));
  };
  return {
    take: (asked) => (closed.signal.aborted ? Promise.resolve(tooLate) : take(asked)),
    learn,
    ranDry: refusals.ranDry,
    warnings,
    close: async () => {
      closed.abort();
      await Promise.all(learning);
    },
  };
}

/** The last refusal of an attempt, and whether it has made a call since. */
function noteRefusals() {
  let last: RanDry | undefined;
  let hasGoneOn = false;
  return {
    note: (refusal: RanDry): Failure => {
      last = refusal;
      hasGoneOn = false;
      return refusal.failure;
    },
    goneOn: () => {
      hasGoneOn = true;
    },
    ranDry: ({ message }: Failure) =>
      last && (!hasGoneOn || message.includes(last.failure.message)) ? last : undefined,
  };
}

/** Most answers of a service that counts as we do teach nothing: then nothing is written. */
function isKnown(
  { limit, usedAtLeast = 0, resumeAt }: NonNullable<ReturnType<typeof lessonOf>['lesson']>,
  known: QuotaStanding | undefined,
): boolean {
  if (resumeAt !== undefined || known === undefined) return false;
  const learned = known.count.learnedLimit ?? Number.POSITIVE_INFINITY;
  return usedAtLeast <= known.count.used && (limit === undefined || limit >= learned);
}

function dryness({ standing, resumesAt }: Charged & { readonly granted: false }, isPriority: boolean): RanDry {
  const details = { quota: standing.quota.name, resumesAt: resumesAt.toISOString() };
  const message = exhaustedWords(standing, isPriority, resumesAt);
  const hint = 'Its slot is open again from then on: the next tick after that runs it.';
  return { resumesAt, failure: { class: 'source', message, hint, details, retryable: false } };
}

/** Waiting would not help: even an untouched window has too little for this call. */
function impossibleFailure(quota: QuotaUse, { cost, priority }: QuotaAsk): Failure | undefined {
  const whole = leftOf({ quota, window: { start: new Date(0), end: new Date(0) }, count: { used: 0 } }, priority);
  if (cost <= whole) return undefined;
  const message = `expected a call to cost at most the ${whole} that quota ${quota.name} has in a ${quota.per}, got ${cost}`;
  return { class: 'error', message, hint: 'Raise the limit of the quota, or lower `cost`.', retryable: false };
}

/** No call is sent where it could not be counted, whatever the reason. */
function failureOf(thrown: unknown): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return { class: 'infra', message: `Internal error: a call could not be counted: ${why}` };
}

function note(warnings: Warning[], { name }: QuotaUse, what: string): void {
  const message = `quota ${name}: ${what}`;
  if (!warnings.some((warning) => warning.message === message)) warnings.push({ code: 'quota', message });
}

import type { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';

export const quotaPeriods = ['minute', 'hour', 'day', 'month'] as const;
export type QuotaPeriod = (typeof quotaPeriods)[number];

/** So many calls to an outside service in each window of time, for each credential. Authors write `quota('ptv', { … })`. */
export interface Quota {
  readonly name: string;
  readonly limit: number;
  readonly per: QuotaPeriod;
  /** IANA name: when a day and a month begin. */
  readonly timezone: string;
  /** Calls of each window that only priority calls may take. */
  readonly reserve: number;
  /** Names of the secrets whose values are the credential; undefined: all that the component declares. */
  readonly credential?: readonly string[];
}

/** The quota that a component's calls are charged to. */
export interface QuotaUse extends Quota {
  /** Its calls may take from the reserve. */
  readonly priority: boolean;
}

/** `[start, end)`: the span in which calls are counted together. */
export interface QuotaWindow {
  readonly start: Date;
  readonly end: Date;
}

/** What is counted together: environments that share a credential share its count. */
export interface QuotaKey {
  readonly quota: string;
  /** Digest of the credential, never the credential; `sandbox` in the sandbox. */
  readonly credential: string;
  readonly per: QuotaPeriod;
}

/** What is on record of a window. */
export interface QuotaCount {
  readonly used: number;
  /** What the service said its limit is, where that is less than the author's. */
  readonly learnedLimit?: number;
  /** The service takes no call before. */
  readonly resumeAt?: Date;
}

export interface QuotaTake {
  readonly window: QuotaWindow;
  readonly cost: number;
  /** The author's, as the environment has it; what the service taught is subtracted in the store. */
  readonly limit: number;
  /** Of the limit, what this caller leaves untouched. */
  readonly reserve: number;
  readonly now: Date;
  /** Aborts when nobody waits for the answer any more: then nothing is taken, and what was taken is given back. */
  readonly over?: AbortSignal;
}

/** Tightens what is on record; nothing here ever loosens it. */
export interface QuotaLesson {
  readonly window: QuotaWindow;
  readonly now: Date;
  /** `used` becomes at least this. */
  readonly usedAtLeast?: number;
  readonly limit?: number;
  readonly resumeAt?: Date;
}

/** Somebody's change by hand, for the record. */
export interface QuotaChange {
  readonly window: QuotaWindow;
  readonly now: Date;
  readonly used: number;
  /** Also forgets what the service taught. */
  readonly forgets: boolean;
  readonly who: string;
  readonly environment: string;
  readonly action: 'quota_set' | 'quota_reset';
  readonly details: JsonObject;
}

/** Counts of calls, shared by all processes. */
export interface QuotaStore {
  /** One statement: the calls are taken, or nothing is changed and `granted` is false. */
  take(key: QuotaKey, take: QuotaTake): Promise<{ readonly granted: boolean; readonly count: QuotaCount }>;
  look(key: QuotaKey, window: QuotaWindow, now: Date): Promise<QuotaCount>;
  learn(key: QuotaKey, lesson: QuotaLesson): Promise<void>;
  /** Leaves an audit row. Returns what was on record before. */
  change(key: QuotaKey, change: QuotaChange): Promise<QuotaCount>;
}

/** A request that is about to be sent. */
export interface QuotaAsk {
  readonly cost: number;
  readonly priority: boolean;
}

export type QuotaReply = { readonly granted: true } | { readonly granted: false; readonly failure: Failure };

/** What an answer of a service tells about its limits; see `components/http/rate-limits.ts`. */
export interface QuotaObservation {
  /** Milliseconds for which the service wants no call: Retry-After of a 429 or 503. */
  readonly pauseMs?: number;
  readonly limits: readonly ServiceLimit[];
  /** Header fields that were there and could not be read. */
  readonly unreadable: readonly string[];
}

/** One limit of a service, as far as it says. */
export interface ServiceLimit {
  readonly limit?: number;
  readonly remaining?: number;
  /** Until it begins anew. */
  readonly resetMs?: number;
  /** How long one of its windows lasts. */
  readonly windowMs?: number;
}

/** Counts the calls of one attempt or probe. The parent has it; a child reaches it over its channel. */
export interface QuotaCounter {
  /** Resolves when the call may be sent, or with the reason why it must not. It may wait a little. */
  take(ask: QuotaAsk): Promise<QuotaReply>;
  learn(observation: QuotaObservation): void;
}

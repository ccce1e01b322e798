import type { QuotaPeriod } from '../model/quota.ts';
import { callSite } from './call-site.ts';

/** `Symbol.for`: a quota made by one copy of this module is known to every other. */
const quotaBrand: unique symbol = Symbol.for('signalbox.quota');

export interface QuotaOptions {
  /** Calls in each window. */
  readonly limit: number;
  readonly per: QuotaPeriod;
  /** IANA name: when a day and a month begin. Default `UTC`. */
  readonly timezone?: string;
  /** Calls of each window that are kept for priority calls. Default 0. */
  readonly reserve?: number;
  /**
   * Names of the secrets that say whose calls these are: who shares their values shares the count. Default: all secrets of
   * the component.
   */
  readonly credential?: readonly string[];
}

/** What was written and where; validated by `defineDag`, together with everything else. */
export interface CapturedQuota {
  readonly name: unknown;
  readonly options: unknown;
  /** `file:line` of the author's call, found only when a message needs it. */
  readonly definedAt: () => string | undefined;
}

/** A quota as components refer to it. */
export interface QuotaHandle {
  readonly name: string;
  readonly [quotaBrand]: CapturedQuota;
}

/** A quota whose reserve the component may use. */
export interface PriorityHandle {
  readonly handle: QuotaHandle;
  readonly priority: true;
}

/**
 * `quota('ptv', { limit: 1_000, per: 'day', timezone: 'Australia/Melbourne', reserve: 200 })`: so many calls to an outside
 * service in each window, for each credential, counted over all DAGs and environments. Never throws: what is wrong is told
 * by `defineDag`, with the place of this call.
 */
export function quota(name: string, options: QuotaOptions): QuotaHandle {
  const captured: CapturedQuota = { name, options, definedAt: callSite(quota) };
  return Object.defineProperty({ name }, quotaBrand, { value: captured }) as QuotaHandle;
}

/** `quota: priority(ptv)`: the calls of this component may use the reserve. */
export function priority(handle: QuotaHandle): PriorityHandle {
  return { handle, priority: true };
}

export interface WrittenQuota {
  readonly captured: CapturedQuota;
  readonly priority: boolean;
}

/** Undefined for anything that neither `quota()` nor `priority()` made. */
export function writtenQuota(value: unknown): WrittenQuota | undefined {
  const direct = capturedQuota(value);
  if (direct) return { captured: direct, priority: false };
  const inner =
    typeof value === 'object' && value !== null && 'handle' in value ? capturedQuota(value.handle) : undefined;
  return inner && { captured: inner, priority: true };
}

function capturedQuota(value: unknown): CapturedQuota | undefined {
  if (typeof value !== 'object' || value === null || !(quotaBrand in value)) return undefined;
  return value[quotaBrand] as CapturedQuota;
}

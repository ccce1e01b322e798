import type { Json } from '../../model/json.ts';
import { limitOf, type QuotaStanding } from './standing.ts';

/** `quota ptv is used up: 800 of 1,000 calls this day (200 kept for priority calls); resumes at 2026-03-01 13:00:00Z` */
export function exhaustedWords(standing: QuotaStanding, isPriority: boolean, resumes: Date): string {
  const { quota, count } = standing;
  const isPaused = count.resumeAt !== undefined && count.resumeAt >= resumes;
  const why = isPaused ? 'is refused by the service' : 'is used up';
  return `quota ${quota.name} ${why}: ${usedWords(standing, isPriority)}; resumes at ${shownInstant(resumes)}`;
}

/** `12 of 1,000 calls this day` */
export function usedWords(standing: QuotaStanding, isPriority: boolean): string {
  const { quota, count } = standing;
  const learned = count.learnedLimit !== undefined && count.learnedLimit < quota.limit;
  const limit = `${shown(limitOf(standing))} calls this ${quota.per}${learned ? ', by what the service said' : ''}`;
  const kept = isPriority || quota.reserve === 0 ? '' : ` (${shown(quota.reserve)} kept for priority calls)`;
  return `${shown(count.used)} of ${limit}${kept}`;
}

/** What a decision keeps of it. */
export function standingInputs({ quota, window, count }: QuotaStanding): Readonly<Record<string, Json>> {
  const { name, limit, reserve, per, priority } = quota;
  return {
    quota: name,
    used: count.used,
    limit,
    reserve,
    per,
    priority,
    windowEnd: window.end.toISOString(),
    ...(count.learnedLimit === undefined ? {} : { learnedLimit: count.learnedLimit }),
    ...(count.resumeAt === undefined ? {} : { resumeAt: count.resumeAt.toISOString() }),
  };
}

/** UTC, to the second. */
export function shownInstant(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

function shown(count: number): string {
  return count.toLocaleString('en-US');
}

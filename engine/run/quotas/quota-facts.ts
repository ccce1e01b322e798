import type { DecisionFacts, QuotaAnswer } from '../../decide/facts.ts';
import type { Component } from '../../model/component.ts';
import { type Failure, FailureError } from '../../model/failure.ts';
import type { RunState } from '../run-state.ts';
import { lookUp, shortWaitMs } from './charge.ts';
import { type QuotaStanding, resumesAt } from './standing.ts';
import { exhaustedWords, shownInstant, standingInputs, usedWords } from './wording.ts';

/**
 * Nothing for a component whose calls are not counted. What resumes soon is available: the call waits for it. `expected` calls
 * are counted as if they had been made.
 */
export async function quotaFacts(
  component: Component,
  { ports }: Pick<RunState, 'ports'>,
  expected = 0,
): Promise<Pick<DecisionFacts, 'quota'>> {
  const { quota } = component;
  if (!quota) return {};
  const now = await lookUp(component, quota, ports).catch(asFailure);
  if ('failure' in now) return { quota: unknown(quota.name, now.failure) };
  const standing = { ...now, count: { ...now.count, used: now.count.used + expected } };
  const resumes = resumesAt(standing, quota.priority);
  const isSoon = resumes !== undefined && resumes.getTime() - ports.clock.now().getTime() <= shortWaitMs;
  return { quota: resumes === undefined || isSoon ? available(standing, resumes) : exhausted(standing, resumes) };
}

function available(standing: QuotaStanding, resumes: Date | undefined): QuotaAnswer {
  const used = `quota ${standing.quota.name}: ${usedWords(standing, standing.quota.priority)} are used`;
  const wait = resumes === undefined ? '' : `; it resumes at ${shownInstant(resumes)}, soon enough to wait for`;
  return { available: true, because: `${used}${wait}`, inputs: standingInputs(standing) };
}

function exhausted(standing: QuotaStanding, resumes: Date): QuotaAnswer {
  const because = exhaustedWords(standing, standing.quota.priority, resumes);
  const inputs = { ...standingInputs(standing), resumesAt: resumes.toISOString() };
  return { available: false, because, inputs, resumesAt: resumes };
}

function asFailure(thrown: unknown): FailureError {
  if (thrown instanceof FailureError) return thrown;
  throw thrown;
}

/** Nothing is lost by going on: no call is sent that cannot be counted. */
function unknown(name: string, { message }: Failure): QuotaAnswer {
  return { available: true, because: `quota ${name} could not be looked up: ${message}`, inputs: { quota: name } };
}

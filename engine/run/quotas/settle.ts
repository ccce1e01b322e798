import type { FailureClass } from '../../model/failure.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { AttemptControl } from '../../model/task.ts';
import type { QuotaGate } from './quota-gate.ts';

/** What a component ends with that goes on without a call, or hands the refusal up in whatever wrapping. */
const excused: ReadonlySet<FailureClass> = new Set(['source', 'infra', 'error']);

/**
 * What became of an attempt whose calls were counted. One that was refused a call and then failed did not fail: it was
 * interrupted, costs no try, and goes on when there are calls again.
 */
export async function settleWithQuota(outcome: Outcome, gate: QuotaGate, { onLog }: AttemptControl): Promise<Outcome> {
  await gate.close();
  for (const { message } of gate.warnings) onLog({ level: 'warn', message });
  if (outcome.status === 'success') return { ...outcome, warnings: [...outcome.warnings, ...gate.warnings] };
  if (outcome.status !== 'failed' || !excused.has(outcome.failure.class)) return outcome;
  const ranDry = gate.ranDry(outcome.failure);
  return ranDry ? { ...outcome, status: 'interrupted', ...ranDry } : outcome;
}

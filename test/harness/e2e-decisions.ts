import type { DecisionCheck } from '../../engine/model/decision.ts';
import type { SourceEvidence } from '../../engine/model/evidence.ts';
import type { EndToEndProject } from './e2e-project.ts';

export interface StoredDecision {
  readonly component: string;
  readonly status: string;
  readonly verdict: string;
  readonly reason: string;
  readonly checks: readonly DecisionCheck[];
}

/** Component → the Decision that is on record for it in this run. */
export async function storedDecisions(
  project: EndToEndProject,
  runId: string,
): Promise<ReadonlyMap<string, StoredDecision>> {
  const rows = await project.rows<StoredDecision>(
    `select c.component, c.status, d.verdict, d.reason, d.checks
     from component_run c join decision d on d.component_run_id = c.id where c.run_id = $1`,
    [runId],
  );
  return new Map(rows.map((row) => [row.component, row]));
}

/** What the named check of a stored decision saw. */
export function inputsOf(decision: StoredDecision | undefined, check: DecisionCheck['check']): DecisionCheck['inputs'] {
  const found = decision?.checks.find((one) => one.check === check);
  if (!found) throw new Error(`expected a decision that asked ${check}, got ${JSON.stringify(decision)}`);
  return found.inputs;
}

/** Component → the evidence of its sources, as of its newest success or `unchanged`. */
export async function storedEvidence(
  project: EndToEndProject,
  environment = 'sandbox',
): Promise<ReadonlyMap<string, readonly SourceEvidence[]>> {
  const sql = 'select component, evidence from source_state where environment = $1';
  const rows = await project.rows<{ component: string; evidence: readonly SourceEvidence[] }>(sql, [environment]);
  return new Map(rows.map(({ component, evidence }) => [component, evidence]));
}

/** Source → the digests of its parts, as a Decision shows them. */
export function contentsOf(evidence: readonly SourceEvidence[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(evidence.map(({ source, parts }) => [source, parts.map(({ digest }) => digest).join(' ')]));
}

import type { Decision } from '../../engine/model/decision.ts';
import type { AttemptFinish, AttemptStart, ComponentRunEnd } from '../../engine/model/ports.ts';
import { type ComponentRunStatus, componentRunMoves, isEnd, type LiveStatus } from '../../engine/model/status.ts';
import { type StoredCheck, storedChecks } from '../decision-checks.ts';

export interface StoredDecision extends Omit<Decision, 'checks'> {
  readonly checks: readonly StoredCheck[];
}

type Stored<Said> = Omit<Said, 'decision'> & { readonly decision?: StoredDecision };

/** What `Move` says already is left out: with 10,000 ends that is megabytes to write out and to read. */
export type MovedEnd = Omit<Stored<ComponentRunEnd>, 'componentRunId' | 'status' | 'fence' | 'owner'>;

/**
 * One transition of one component run, as the flush statement reads it. What the caller said goes along nearly as it is and
 * is taken apart by the statement: copying it into rows first took Node as long as writing it out.
 */
export interface Move {
  /** Of the component run. */
  readonly id: string;
  readonly fromStatuses: readonly LiveStatus[];
  readonly status: ComponentRunStatus;
  readonly isEnd: boolean;
  readonly fence: number | undefined;
  /** Who must still have the run, where there is no fence. */
  readonly owner?: string;
  /** Makes the attempt's row. With an attempt's finish as `ending` it is made ended. */
  readonly start: Stored<AttemptStart> | undefined;
  /** The end of the live attempt, or of a component run without one. */
  readonly ending: AttemptFinish | MovedEnd | undefined;
}

export function startMove(start: AttemptStart): Move {
  return {
    id: start.componentRunId,
    fromStatuses: componentRunMoves.running,
    status: 'running',
    isEnd: false,
    fence: start.fence,
    start: start.decision ? { ...start, decision: storedDecision(start.decision) } : start,
    ending: undefined,
  };
}

export function finishMove(finish: AttemptFinish): Move {
  return {
    id: finish.componentRunId,
    fromStatuses: componentRunMoves[finish.componentStatus],
    status: finish.componentStatus,
    isEnd: isEnd(finish.componentStatus),
    fence: finish.fence,
    start: undefined,
    ending: finish,
  };
}

/** Not from `running`: there an attempt is live, and only its own end may end the component run. */
export function endMove(end: ComponentRunEnd): Move {
  return {
    id: end.componentRunId,
    fromStatuses: componentRunMoves[end.status].filter((status) => status !== 'running'),
    status: end.status,
    isEnd: true,
    fence: end.fence,
    ...(end.fence === undefined ? { owner: end.owner } : {}),
    start: undefined,
    ending: {
      reason: end.reason,
      finishedAt: end.finishedAt,
      degraded: end.degraded,
      ...(end.decision ? { decision: storedDecision(end.decision) } : {}),
      ...(end.failure ? { failure: end.failure } : {}),
      ...(end.evidence ? { evidence: end.evidence } : {}),
      ...(end.trust ? { trust: end.trust } : {}),
      ...(end.reopen ? { reopen: end.reopen } : {}),
    },
  };
}

function storedDecision({ verdict, reason, checks }: Decision): StoredDecision {
  return { verdict, reason, checks: storedChecks(checks) };
}

/** A start and the finish of its attempt as one move, or undefined when these two are anything else. */
export function foldMoves(earlier: Move, later: Move): Move | undefined {
  const { start } = earlier;
  const { ending } = later;
  if (!start || earlier.ending || later.start || !ending || !('attemptId' in ending)) return undefined;
  if (start.attemptId !== ending.attemptId || start.fence !== ending.fence) return undefined;
  return { ...later, fromStatuses: earlier.fromStatuses, start };
}

import { foldMoves, type Move } from './move.ts';

export interface QueuedMove {
  readonly move: Move;
  settle(isMoved: boolean): void;
  fail(error: Error): void;
}

/** One move for one row, and everybody who waits for it: two when a start and its finish were folded. */
export interface BatchEntry {
  readonly move: Move;
  readonly waiting: readonly QueuedMove[];
}

/**
 * Takes at most one move for each row out of the queue: one UPDATE that names a row twice applies only one of the two.
 * A start and the finish of the same attempt become one move; any other second move stays for the next batch.
 */
export function takeBatch(queue: readonly QueuedMove[]): { batch: BatchEntry[]; rest: QueuedMove[] } {
  const entries = new Map<string, BatchEntry>();
  const rest: QueuedMove[] = [];
  const later = new Set<string>();
  for (const queued of queue) {
    const { id } = queued.move;
    const entry = later.has(id) ? undefined : join(entries.get(id), queued);
    if (entry) {
      entries.set(id, entry);
    } else {
      later.add(id);
      rest.push(queued);
    }
  }
  return { batch: [...entries.values()], rest };
}

/** Undefined when these two cannot be one move. */
function join(earlier: BatchEntry | undefined, queued: QueuedMove): BatchEntry | undefined {
  if (!earlier) return { move: queued.move, waiting: [queued] };
  const move = foldMoves(earlier.move, queued.move);
  return move && { move, waiting: [...earlier.waiting, queued] };
}

import type { Progress } from '../model/context.ts';
import type { RunEvent } from '../model/event.ts';

/** What a component is doing right now. */
export interface BoardRow {
  readonly component: string;
  readonly phase: 'waiting' | 'probing' | 'running' | 'retrying';
  /** Wall clock, when it began to do so. */
  readonly since: Date;
  readonly attempt: number;
  /** Which of the places of the run it holds, counted from 1. */
  readonly place?: number;
  readonly pid?: number;
  readonly progress?: Progress;
  readonly heldBy?: string;
}

/** The components that are at work and the count of those that have ended, as events tell it. */
export interface Board {
  readonly total: number;
  readonly ended: number;
  readonly startedAt: Date | undefined;
  rows(): readonly BoardRow[];
  hear(event: RunEvent): void;
}

export function createBoard(): Board {
  const rows = new Map<string, BoardRow>();
  let total = 0;
  let ended = 0;
  let startedAt: Date | undefined;
  return {
    get total() {
      return total;
    },
    get ended() {
      return ended;
    },
    get startedAt() {
      return startedAt;
    },
    rows: () => [...rows.values()],
    hear: (event) => {
      if (event.type === 'run_started') {
        total += event.components.length;
        ended += event.adopted?.ended ?? 0;
        startedAt ??= event.at;
      }
      if (event.type === 'component_finished') {
        ended += 1;
        rows.delete(event.component);
      }
      const row = nextRow(event, rows);
      if (row) rows.set(row.component, row);
    },
  };
}

function nextRow(event: RunEvent, rows: ReadonlyMap<string, BoardRow>): BoardRow | undefined {
  switch (event.type) {
    case 'component_waiting':
      return { component: event.component, phase: 'waiting', since: event.at, attempt: 0, heldBy: event.heldBy };
    case 'component_probing':
      return { component: event.component, phase: 'probing', since: event.at, attempt: 0 };
    case 'attempt_started': {
      const { component, at, attempt, pid } = event;
      const place = freePlace(rows, component);
      return { component, phase: 'running', since: at, attempt, place, ...(pid === undefined ? {} : { pid }) };
    }
    case 'attempt_progressed': {
      const row = rows.get(event.component);
      return row && { ...row, progress: event.progress };
    }
    case 'attempt_finished': {
      const { component, at, attempt, retryInMs } = event;
      return retryInMs === undefined ? undefined : { component, phase: 'retrying', since: at, attempt };
    }
    default:
      return undefined;
  }
}

function freePlace(rows: ReadonlyMap<string, BoardRow>, component: string): number {
  const taken = new Set([...rows.values()].filter((row) => row.component !== component).map(({ place }) => place));
  let place = 1;
  while (taken.has(place)) place += 1;
  return place;
}

import type { RunEvent } from '../model/event.ts';

/** Hears every event of a run, after it is recorded. Never throws: showing is no part of the work. */
export interface Reporter {
  hear(event: RunEvent): void;
}

/** Where text goes: a stream of the terminal, or a list in a test. */
export type Write = (text: string) => void;

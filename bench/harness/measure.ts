import { roundsAsked } from './arguments.ts';

/** One way of doing the work. Returns the milliseconds of what is to be compared, and nothing of what is around it. */
export interface Subject {
  readonly name: string;
  round(): Promise<number>;
}

export interface Rounds {
  readonly warmups: number;
  readonly rounds: number;
}

export interface Timing {
  readonly subject: string;
  readonly rounds: number;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Against `to`, which is the first subject. */
  readonly ratioOfMedians?: number;
  readonly medianOfRatios?: number;
  readonly to?: string;
}

export const usualRounds: Rounds = { warmups: 3, rounds: 15 };

/**
 * Takes the subjects in turn, round by round, so that whatever else the machine does falls on all of them; every second
 * round the other way about. The first one is what the others are compared with.
 */
export async function interleave(subjects: readonly Subject[], usual: Rounds): Promise<Timing[]> {
  const { warmups, rounds } = roundsAsked === undefined ? usual : { warmups: 1, rounds: roundsAsked };
  const times = subjects.map((): number[] => []);
  for (let turn = 0; turn < warmups + rounds; turn += 1) {
    const order = [...subjects.entries()];
    if (turn % 2 === 1) order.reverse();
    for (const [index, subject] of order) {
      const ms = await subject.round();
      if (turn >= warmups) times[index]?.push(ms);
    }
  }
  const [base = []] = times;
  return subjects.map(({ name }, index) =>
    timingOf(name, times[index] ?? [], index === 0 ? undefined : base, subjects),
  );
}

function timingOf(
  subject: string,
  times: readonly number[],
  base: readonly number[] | undefined,
  [first]: readonly Subject[],
): Timing {
  const timing = {
    subject,
    rounds: times.length,
    medianMs: round(median(times)),
    minMs: round(Math.min(...times)),
    maxMs: round(Math.max(...times)),
  };
  if (!base || !first) return timing;
  return {
    ...timing,
    ratioOfMedians: round(median(times) / median(base)),
    medianOfRatios: round(median(times.map((ms, index) => ms / (base[index] ?? Number.NaN)))),
    to: first.name,
  };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2;
}

/** Three digits say all that a noisy machine can. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

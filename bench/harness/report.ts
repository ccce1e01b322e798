import type { Timing } from './measure.ts';

/** One JSON line for each figure; index.js makes the table of them. */
export function report(bench: string, name: string, line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ bench, case: name, ...line })}\n`);
}

export function reportTimings(
  bench: string,
  name: string,
  timings: readonly Timing[],
  more: (subject: string) => Readonly<Record<string, unknown>> = () => ({}),
): void {
  for (const timing of timings) report(bench, name, { ...timing, ...more(timing.subject) });
}

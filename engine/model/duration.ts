/** A span of time in milliseconds. Authors write `30s`, `5m`, `2h`, `1d`; inside the engine it is a number. */
export type DurationMs = number;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses `250ms`, `30s`, `1.5m`, `2h` or `1d`. Returns undefined for anything else, zero and negatives included. */
export function parseDuration(text: string): DurationMs | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  if (!match) return undefined;
  const duration = Math.round(Number(match[1]) * (unitMs[match[2] as string] as number));
  return duration > 0 && Number.isSafeInteger(duration) ? duration : undefined;
}

/** Shows a duration the way people say it: `412ms`, `4.2s`, `3m 07s`, `2h 05m`. */
export function formatDuration(duration: DurationMs): string {
  if (duration < 1_000) return `${Math.round(duration)}ms`;
  if (duration < 59_950) return `${(duration / 1_000).toFixed(1)}s`;
  const seconds = Math.round(duration / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

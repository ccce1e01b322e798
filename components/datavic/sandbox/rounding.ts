/** Patronage is published rounded to 50, and never as none: a station with three passengers has 50. */
export function roundTo50(value: number): string {
  return String(Math.max(50, 50 * Math.round(value / 50)));
}

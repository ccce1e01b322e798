/** An instant for people: `2026-03-01 08:15:30Z`, UTC, to the second; empty where there is none. Records keep ISO 8601. */
export function showTime(time: Date | null): string {
  return time === null ? '' : `${time.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

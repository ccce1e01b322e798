/**
 * A second, slower opinion on slots, which shares nothing with the engine: it looks at the clock of a zone at every minute
 * of real time and says what the rule of docs/schedules.md says of a minute.
 */
export interface Minute {
  readonly instant: number;
  /** What the clock shows, as UTC would number it. */
  readonly wall: number;
  readonly minute: number;
  readonly hour: number;
  readonly dayOfMonth: number;
  readonly month: number;
  readonly dayOfWeek: number;
}

export const minuteMs = 60_000;

export interface Walk {
  readonly minutes: readonly Minute[];
  /** What the clock shows for the first time, and what it skips, at the instant at which it goes on. */
  readonly once: readonly Minute[];
}

/** Every minute from `from` up to and including `to`. */
export function walk(timeZone: string, from: number, to: number): Walk {
  const wallAt = clockOf(timeZone);
  const minutes = Array.from({ length: (to - from) / minuteMs + 1 }, (_, index) => {
    const instant = from + index * minuteMs;
    return minuteOf(instant, wallAt(instant));
  });
  return { minutes, once: onceOf(minutes) };
}

function onceOf(minutes: readonly Minute[]): readonly Minute[] {
  const once: Minute[] = [];
  const shown = new Set<number>();
  let previous = minutes[0]?.wall ?? 0;
  for (const now of minutes) {
    for (let skipped = previous + minuteMs; skipped < now.wall; skipped += minuteMs) {
      if (!shown.has(skipped)) once.push(minuteOf(now.instant, skipped));
    }
    if (!shown.has(now.wall)) once.push(now);
    shown.add(now.wall);
    previous = now.wall;
  }
  return once;
}

/** Reads the clock of a zone to the minute. */
export function clockOf(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (instant) => {
    const shown = format.format(instant);
    const part = (start: number, length: number) => Number(shown.slice(start, start + length));
    return Date.UTC(part(6, 4), part(0, 2) - 1, part(3, 2), part(12, 2), part(15, 2));
  };
}

function minuteOf(instant: number, wall: number): Minute {
  const date = new Date(wall);
  return {
    instant,
    wall,
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    dayOfMonth: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    dayOfWeek: date.getUTCDay(),
  };
}

export interface WalkedPattern {
  readonly text: string;
  readonly matches: (minute: Minute) => boolean;
  readonly isFixed: boolean;
}

export function walkedPattern(text: string): WalkedPattern {
  const [minute, hour, dayOfMonth, month, dayOfWeek] = text.split(' ') as [string, string, string, string, string];
  const minutes = valuesOf(minute, 0, 59);
  const hours = valuesOf(hour, 0, 23);
  const months = valuesOf(month, 1, 12);
  const dates = valuesOf(dayOfMonth, 1, 31);
  const weekdays = new Set([...valuesOf(dayOfWeek, 0, 6)].map((day) => day % 7));
  const either = dates.size < 31 && weekdays.size < 7;
  return {
    text,
    isFixed: !/[*/]/.test(minute + hour),
    matches: (at) => {
      if (!minutes.has(at.minute) || !hours.has(at.hour) || !months.has(at.month)) return false;
      const [date, weekday] = [dates.has(at.dayOfMonth), weekdays.has(at.dayOfWeek)];
      return either ? date || weekday : date && weekday;
    },
  };
}

function valuesOf(field: string, low: number, high: number): ReadonlySet<number> {
  const values = new Set<number>();
  for (const element of field.split(',')) {
    const [span = '', step = '1'] = element.split('/');
    const [first = '', last = first] = span === '*' ? [`${low}`, `${high}`] : span.split('-');
    for (let value = Number(first); value <= Number(last); value += Number(step)) values.add(value);
  }
  return values;
}

/** The slots among these minutes. */
export function walkedSlots(pattern: WalkedPattern, { minutes, once }: Walk): readonly number[] {
  if (!pattern.isFixed) return minutes.filter(pattern.matches).map(({ instant }) => instant);
  return [...new Set(once.filter(pattern.matches).map(({ instant }) => instant))];
}

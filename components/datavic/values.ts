import type { Json } from 'signalbox';

export type CellType = 'BIGINT' | 'DOUBLE' | 'VARCHAR';

/** A value as text without the blanks around it; null where there is none. Datastores hold numbers as text, mostly. */
export function cleanText(value: Json | undefined): string | null {
  if (value === null || value === undefined) return null;
  const text =
    typeof value === 'string' ? value.trim() : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text === '' ? null : text;
}

/** At most 18 digits, so that every one fits BIGINT. A leading zero says that it is a code, not a number. */
const whole = /^-?(?:0|[1-9]\d{0,17})$/;
const decimal = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
const separated = /^-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/;

/** The narrowest type that holds every value of a column; text if there is none, or if a single one is no number. */
export function typeOf(values: readonly (string | null)[]): CellType {
  const plain = values.filter((value) => value !== null).map(withoutSeparators);
  if (plain.length === 0) return 'VARCHAR';
  if (plain.every((value) => whole.test(value))) return 'BIGINT';
  return plain.every((value) => decimal.test(value)) ? 'DOUBLE' : 'VARCHAR';
}

/** `16,809,932` → `16809932`. */
export function withoutSeparators(value: string): string {
  return separated.test(value) ? value.replaceAll(',', '') : value;
}

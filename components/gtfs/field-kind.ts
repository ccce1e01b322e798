/** How the values of a field are kept. A time stays text: `25:31:00` and `6:00:00` are times of a service day, not of a clock. */
export type FieldKind = 'text' | 'integer' | 'double' | 'date' | 'time';

/**
 * The SQL that converts `value`, a VARCHAR expression, to its kind: NULL where it is NULL or does not fit. An integer is
 * read strictly, since a plain cast rounds 1.5 and takes 0x1F; the round trip decides nearly all of them without the
 * regular expression.
 */
export function convertedValue(kind: FieldKind, value: string): string {
  switch (kind) {
    case 'text':
      return value;
    case 'time':
      return `nullif(trim(${value}), '')`;
    case 'integer':
      return `CASE WHEN CAST(TRY_CAST(${value} AS INTEGER) AS VARCHAR) = ${value} THEN TRY_CAST(${value} AS INTEGER)
        WHEN regexp_full_match(${value}, '\\s*[+-]?[0-9]+(\\.0*)?\\s*') THEN TRY_CAST(${value} AS INTEGER) END`;
    case 'double':
      return `CASE WHEN isfinite(TRY_CAST(${value} AS DOUBLE)) THEN TRY_CAST(${value} AS DOUBLE) END`;
    case 'date':
      return `CASE WHEN regexp_full_match(${value}, '\\s*[0-9]{8}\\s*')
        THEN CAST(try_strptime(trim(${value}), '%Y%m%d') AS DATE) END`;
    default:
      throw new Error(`Internal error: unexpected kind ${JSON.stringify(kind satisfies never)}`);
  }
}

/** Text and times hold anything; the others can be sent a value that does not fit. */
export function canMisfit(kind: FieldKind): boolean {
  return kind === 'integer' || kind === 'double' || kind === 'date';
}

/** True where `value` is sent, and is no value of its kind. A blank value counts as not sent. */
export function isMisfit(kind: FieldKind, value: string): string {
  return `(trim(${value}) <> '' AND (${convertedValue(kind, value)}) IS NULL)`;
}

/** The names of the kinds, as a person would say them. */
export const kindNames: Readonly<Record<FieldKind, string>> = {
  text: 'text',
  integer: 'a whole number',
  double: 'a number',
  date: 'a date such as 20261231',
  time: 'a time such as 25:31:00',
};

/** NUL and lone surrogates, which JSON can say and PostgreSQL's text and jsonb cannot hold; and `\\`, to step over it. */
const REFUSED = /\\(?:\\|u0000|ud[89a-f][0-9a-f]{2})/g;

/**
 * The only way by which text of components and sources enters the database. `JSON.stringify` writes NUL and every lone
 * surrogate as an escape, so one pass over its result finds them all; they become `␀` (U+2400) and `�` (U+FFFD), which
 * people can see.
 */
export function toJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes('\\u') ? text.replace(REFUSED, visible) : text;
}

function visible(sequence: string): string {
  if (sequence === '\\\\') return sequence;
  return sequence === '\\u0000' ? '\u2400' : '\ufffd';
}

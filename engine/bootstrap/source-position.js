/** @typedef {{ source: string, line: number, column: number }} SourcePosition */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const noDigit = 64;
const digits = new Uint8Array(128).fill(noDigit);
for (let digit = 0; digit < alphabet.length; digit += 1) digits[alphabet.charCodeAt(digit)] = digit;

const comma = 44;
/** Of a segment: column in the compiled line; source, line and column there; a name, which nobody asks for. */
const fieldCount = 5;

/**
 * Looks positions up in a source map (ECMA-426); lines and columns count from 0. Node's own `SourceMap` makes an object of
 * each position at first, a quarter of a second for the map of the engine: here one pass finds where the lines begin.
 * @param {{ mappings: string, sources: readonly string[] }} map
 * @returns {(line: number, column: number) => SourcePosition | undefined}
 */
export function sourcePositions({ mappings, sources }) {
  const starts = lineStarts(mappings);
  return (line, column) => {
    const [at, ...before] = starts.slice(line * fieldCount, (line + 1) * fieldCount);
    if (at === undefined) return undefined;
    const fields = Int32Array.of(0, ...before);
    /** @type {SourcePosition | undefined} */
    let found;
    for (let start = at, end = at; ; start = end + 1) {
      end = addSegment(mappings, start, fields);
      const [from = 0, index = 0, sourceLine = 0, sourceColumn = 0] = fields;
      if (end === start || from > column) return found;
      const source = sources[index];
      found = source === undefined ? undefined : { source, line: sourceLine, column: sourceColumn };
      if (mappings.charCodeAt(end) !== comma) return found;
    }
  };
}

/**
 * For each line the place of its first segment, and the fields that this one is added to.
 * @param {string} mappings
 */
function lineStarts(mappings) {
  const fields = new Int32Array(fieldCount);
  const starts = [0, 0, 0, 0, 0];
  for (let at = 0; at < mappings.length; at += 1) {
    at = addSegment(mappings, at, fields);
    if (mappings.charCodeAt(at) === comma) continue;
    fields[0] = 0;
    starts.push(at + 1, fields[1] ?? 0, fields[2] ?? 0, fields[3] ?? 0, fields[4] ?? 0);
  }
  return starts;
}

/**
 * Each field is written as the difference to the same one before: base 64, the lowest five bits first, the sign lowest of all.
 * @param {string} mappings @param {number} start @param {Int32Array} fields
 * @returns {number} where the segment ends
 */
function addSegment(mappings, start, fields) {
  let field = 0;
  let value = 0;
  let shift = 0;
  for (let at = start; ; at += 1) {
    const digit = digits[mappings.charCodeAt(at)] ?? noDigit;
    if (digit === noDigit) return at;
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    fields[field] = (fields[field] ?? 0) + (value & 1 ? -(value >>> 1) : value >>> 1);
    field += 1;
    value = 0;
    shift = 0;
  }
}

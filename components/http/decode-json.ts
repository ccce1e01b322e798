import { isUtf8 } from 'node:buffer';
import { describeBytes } from './describe-body.ts';

const shownBytes = 512;

/** RFC 8259 §9 lets a reader set limits. Answers nest ten deep; ten thousand levels end a process that walks them. */
const mostLevels = 100;

/** Three bytes of `{},` become over fifty of memory. */
const mostValues = 4_000_000;

/** The value, or what came in its place and what is wrong with that, to stand after "expected JSON, got". */
type DecodedJson = { readonly value: unknown } | { readonly got: string };

/**
 * JSON is UTF-8 (RFC 8259 §8.1); a byte order mark is let pass. What would take far more memory than it has bytes is not
 * read. `shown` stands for the bytes in the message, where they hold what nobody should read.
 */
export function decodeJson(bytes: Uint8Array, contentType?: string, shown = bytes): DecodedJson {
  const problem = isUtf8(bytes) ? shapeProblem(bytes) : ' that is not UTF-8';
  try {
    if (problem === undefined) return { value: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    // What it is instead is told below.
  }
  const { kind, text } = describeBytes(shown.subarray(0, shownBytes), bytes.length, contentType);
  return { got: kind === 'JSON' && problem !== undefined ? text + problem : text };
}

/** Counts without reading values, so that it takes no memory itself. */
function shapeProblem(bytes: Uint8Array): string | undefined {
  let levels = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      at = closingQuote(bytes, at + 1);
    } else if (byte === openBracket || byte === openBrace) {
      levels += 1;
      values += 1;
      if (levels > mostLevels) return ` that is nested more than ${mostLevels} levels deep`;
    } else if (byte === closeBracket || byte === closeBrace) {
      levels -= 1;
    } else if (byte === comma) {
      values += 1;
    }
  }
  return values > mostValues ? ` of more than ${mostValues.toLocaleString('en-US')} values` : undefined;
}

const quote = 0x22;
const comma = 0x2c;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function closingQuote(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

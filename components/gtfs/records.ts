import { isUtf8 } from 'node:buffer';
import { sourceFailure } from 'signalbox';
import { maxRecordBytes } from './windows.ts';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** Where a record lies in a window, and what it is like. Values are not read here: that is DuckDB's work. */
export interface RecordSpan {
  /** Past its last byte, without the line end. */
  readonly end: number;
  /** Where the next record begins. */
  readonly next: number;
  readonly fields: number;
  /** Physical lines that it covers. */
  readonly lines: number;
  /** Why it cannot be loaded. */
  readonly problem?: string;
}

/**
 * Finds the record at `start` (RFC 4180): a quoted value may span lines. Where the quotes are out of order only the first line
 * is taken for the broken record, and the next line begins a new one: GTFS forbids line breaks in values, so that loses
 * the least. Undefined when `bytes` has to go on first.
 */
export function findRecord(bytes: Buffer, start: number, isLast: boolean): RecordSpan | undefined {
  const found = walk(bytes, start);
  if (typeof found === 'object') return checkText(bytes, start, found);
  const line = lineAt(bytes, start);
  const isCutOff = found === 'unended' || found === 'unclosed' || !line;
  if (isCutOff && !isLast && bytes.length - start <= maxRecordBytes) return undefined;
  if (found !== 'unended' && line) return { ...line, problem: problems[found] };
  if (!isLast) failLong(bytes, start);
  return checkText(bytes, start, lastLine(bytes, start));
}

/** Why a walk ended without a record; the first two only say that `bytes` ended. */
type Trouble = 'unended' | 'unclosed' | 'stray-quote' | 'unended-quote' | 'stray-return';

const problems: Readonly<Record<Exclude<Trouble, 'unended'>, string>> = {
  unclosed: 'a quote that is not closed',
  'stray-quote': 'a quote inside a value that is not quoted',
  'unended-quote': 'text after a closing quote, or a quote that is not closed',
  'stray-return': 'a carriage return inside a value',
};

/** The span, or why there is none: the end of `bytes` comes first, in a quote or not, or the quotes are out of order. */
function walk(bytes: Buffer, start: number): RecordSpan | Trouble {
  let fields = 1;
  let lines = 1;
  let fieldStart = start;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === comma) {
      fields += 1;
      fieldStart = at + 1;
    } else if (byte === lineFeed) {
      return { ...lineTo(bytes, start, at), next: at + 1, fields, lines };
    } else if (byte === carriageReturn) {
      if (!endsField(bytes, at)) return 'stray-return';
    } else if (byte === quote) {
      if (at !== fieldStart) return 'stray-quote';
      const closing = closingQuote(bytes, at + 1);
      if (closing === -1) return 'unclosed';
      if (!endsField(bytes, closing + 1)) return 'unended-quote';
      lines += countLineFeeds(bytes, at, closing);
      at = closing;
    }
  }
  return 'unended';
}

/** A quote that is not doubled. The last byte may be the first of a pair, so there it counts only as the end of all. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(quote, from);
  while (at !== -1 && bytes[at + 1] === quote) at = bytes.indexOf(quote, at + 2);
  return at;
}

function endsField(bytes: Buffer, at: number): boolean {
  const byte = bytes[at];
  const isReturn = byte === carriageReturn && (at + 1 >= bytes.length || bytes[at + 1] === lineFeed);
  return at >= bytes.length || byte === comma || byte === lineFeed || isReturn;
}

export function countLineFeeds(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(lineFeed, from); at !== -1 && at < to; at = bytes.indexOf(lineFeed, at + 1)) count += 1;
  return count;
}

/** A last line without a line end, read as if it had one. */
function lastLine(bytes: Buffer, start: number): RecordSpan {
  const line = lineTo(bytes, start, bytes.length);
  const ended = walk(Buffer.concat([bytes.subarray(start), Buffer.of(lineFeed)]), 0);
  if (typeof ended === 'object') return { ...line, fields: ended.fields, lines: ended.lines };
  return { ...line, problem: problems[ended === 'unended' ? 'unclosed' : ended] };
}

function lineAt(bytes: Buffer, start: number): RecordSpan | undefined {
  const end = bytes.indexOf(lineFeed, start);
  return end === -1 ? undefined : { ...lineTo(bytes, start, end), next: end + 1 };
}

function lineTo(bytes: Buffer, start: number, end: number): RecordSpan {
  const hasReturn = end > start && bytes[end - 1] === carriageReturn;
  return { end: hasReturn ? end - 1 : end, next: end, fields: 1, lines: 1 };
}

function checkText(bytes: Buffer, start: number, span: RecordSpan): RecordSpan {
  return isUtf8(bytes.subarray(start, span.end)) ? span : { ...span, problem: 'invalid UTF-8' };
}

function failLong(bytes: Buffer, start: number): never {
  const got = `${(bytes.length - start).toLocaleString('en')} bytes without a line end`;
  throw sourceFailure(`expected lines of at most ${maxRecordBytes.toLocaleString('en')} bytes, got ${got}`);
}

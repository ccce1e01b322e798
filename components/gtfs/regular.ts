import { isUtf8 } from 'node:buffer';
import type { Header } from './header.ts';
import { maxRecordBytes } from './windows.ts';

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Counts the records of a file that is flawless: every line one record of as many fields as columns, quotes in order, one kind of line
 * end, valid UTF-8. DuckDB reads such a file right as it is. Sees the bytes after the header, in whatever pieces they
 * come. Gives up at the first flaw, and at a quoted line break: then `repairFile` goes through the file record by record.
 */
export class RegularRecords {
  readonly #state: LineState;
  #records = 0;
  #isRegular: boolean;
  /** Of a line that has not ended. */
  #held: Buffer = Buffer.alloc(0);

  constructor({ names, nameless, lineEnd }: Header) {
    this.#state = { width: names.length, hasReturn: lineEnd === '\r\n' };
    this.#isRegular = nameless === 0;
  }

  take(bytes: Buffer): void {
    this.#look(bytes, false);
  }

  /** After the last of the bytes: how many records there are, or undefined. */
  end(): number | undefined {
    this.#look(Buffer.alloc(0), true);
    return this.#isRegular ? this.#records : undefined;
  }

  #look(more: Buffer, isLast: boolean): void {
    if (!this.#isRegular) return;
    const bytes = this.#held.length === 0 ? more : Buffer.concat([this.#held, more]);
    let start = 0;
    while (start < bytes.length) {
      const next = nextLine(bytes, start, isLast, this.#state);
      if (next === 'more' && bytes.length - start <= maxRecordBytes) break;
      if (typeof next !== 'number') {
        this.#isRegular = false;
        return;
      }
      this.#records += 1;
      start = next;
    }
    this.#isRegular = isUtf8(bytes.subarray(0, start));
    this.#held = bytes.subarray(start);
  }
}

interface LineState {
  readonly width: number;
  /** Whether lines end in CR LF. */
  readonly hasReturn: boolean;
}

/** Where the line after the one at `start` begins; 'more' when the line does not end in `bytes`. */
function nextLine(bytes: Buffer, start: number, isLast: boolean, state: LineState): number | 'more' | 'irregular' {
  const end = bytes.length;
  let fields = 1;
  let fieldStart = start;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > comma) {
      // Nearly every byte: the four that matter are all below this.
      at += 1;
    } else if (byte === comma) {
      fields += 1;
      at += 1;
      fieldStart = at;
    } else if (byte === lineFeed) {
      return endsRegularly(bytes, start, at, fields, state) ? at + 1 : 'irregular';
    } else if (byte === quote) {
      if (at !== fieldStart) return 'irregular';
      at = afterQuoted(bytes, at + 1);
      if (at === -1) return 'irregular';
    } else if (byte === carriageReturn && at + 1 < end && bytes[at + 1] !== lineFeed) {
      return 'irregular';
    } else {
      at += 1;
    }
  }
  if (!isLast) return 'more';
  const isWhole = at === end && fields === state.width && bytes[end - 1] !== carriageReturn;
  return isWhole ? end : 'irregular';
}

/** Past the closing quote, beyond the end of `bytes` if it is not in them, or -1 for a line break or text after the quote. */
function afterQuoted(bytes: Buffer, from: number): number {
  const end = bytes.length;
  let at = from;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > quote) {
      // As above: nearly every byte.
      at += 1;
    } else if (byte === quote) {
      const next = bytes[at + 1];
      if (next !== quote) return next === undefined || endsField(next) ? at + 1 : -1;
      at += 2;
    } else if (byte === lineFeed || byte === carriageReturn) {
      return -1;
    } else {
      at += 1;
    }
  }
  return end + 1;
}

function endsField(byte: number): boolean {
  return byte === comma || byte === lineFeed || byte === carriageReturn;
}

function endsRegularly(bytes: Buffer, start: number, end: number, fields: number, state: LineState): boolean {
  const hasReturn = end > start && bytes[end - 1] === carriageReturn;
  const isBlank = end - start === (hasReturn ? 1 : 0);
  return fields === state.width && hasReturn === state.hasReturn && !isBlank;
}

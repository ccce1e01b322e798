import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { type FailureError, sourceFailure } from 'signalbox';

/** The first line of a table file. */
export interface Header {
  /** Trimmed, without a byte order mark. */
  readonly names: readonly string[];
  /** Columns without a name after the last named one: the header ended in a comma. Rows may have them, empty. */
  readonly nameless: number;
  /** How the first line ends, and with it every line of a flawless file. */
  readonly lineEnd: '\n' | '\r\n';
  /** Where the records begin. */
  readonly bytes: number;
}

export const maxHeaderBytes = 64 * 2 ** 10;
/** The widest table of GTFS has 25, and producers add a few. */
const maxColumns = 500;

/**
 * Reads the header at the start of a file: all of the file, or as much of it as holds the first line or `maxHeaderBytes`.
 * `label` is what messages call the file: `11/stops.txt`.
 */
export function parseHeader(start: Buffer, label: string): Header {
  const head = start.subarray(0, maxHeaderBytes);
  const end = head.indexOf('\n');
  if (end === -1 && head.length === maxHeaderBytes)
    throw wrong(label, 'one header line', `none in ${head.length} bytes`);
  const line = end === -1 ? head : head.subarray(0, end);
  if (!isUtf8(line)) throw wrong(label, 'a header in UTF-8', 'other bytes');
  const cells = parseLine(line.toString(), label);
  const names = cells.slice(0, cells.findLastIndex((name) => name !== '') + 1);
  checkNames(names, label);
  const lineEnd = line.at(-1) === 0x0d ? '\r\n' : '\n';
  return { names, nameless: cells.length - names.length, lineEnd, bytes: end === -1 ? head.length : end + 1 };
}

function parseLine(line: string, label: string): readonly string[] {
  try {
    const [cells] = parse(line, { bom: true, trim: true, to: 1 });
    return cells?.map((cell) => cell.trim()) ?? [];
  } catch (cause) {
    throw wrong(label, 'a header of comma-separated names', (cause as Error).message, cause);
  }
}

/** DuckDB tells columns apart by their letters, not by case, so that is what a name is here. */
function checkNames(names: readonly string[], label: string): void {
  if (names.length > maxColumns) throw wrong(label, `at most ${maxColumns} columns`, `${names.length}`);
  if (names.length === 0) throw wrong(label, 'column names in the first line', 'an empty line');
  if (names.some((name) => /\p{Cc}/u.test(name)))
    throw wrong(label, 'column names without control characters', 'some with: it may be text in UTF-16');
  const empty = names.indexOf('');
  if (empty !== -1) throw wrong(label, 'a name for each column', `none for column ${empty + 1}`);
  const lower = names.map((name) => name.toLowerCase());
  const twice = lower.findIndex((name, index) => lower.indexOf(name) !== index);
  if (twice !== -1) throw wrong(label, 'each column once', `\`${names[twice]}\` twice`);
  if (lower.includes('folder')) throw wrong(label, 'no column `folder`, which names the feed of a row', 'one');
}

function wrong(label: string, expected: string, got: string, cause?: unknown): FailureError {
  const hint = 'Nothing of this feed was published; the last version stays.';
  return sourceFailure(`expected ${label} to have ${expected}, got ${got}`, { hint }, cause);
}

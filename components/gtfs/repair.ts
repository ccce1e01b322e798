import { isUtf8 } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import type { Header } from './header.ts';
import { countLineFeeds, findRecord, type RecordSpan } from './records.ts';
import { readWindows } from './windows.ts';

/** A record that is left out, as the quarantine wants it. */
export interface LeftOut {
  readonly line: number;
  readonly lines: number;
  readonly reason: string;
  readonly raw: string;
}

/** Where the lines of a file went; the header is one more. */
export interface FileAccount {
  /** Line ends counted apart from the records, header included. */
  readonly lines: number;
  readonly records: number;
  readonly recordLines: number;
  readonly leftOut: number;
  readonly leftOutLines: number;
  readonly blankLines: number;
  readonly short: LinesOf;
  /** Records that hold a quoted line break. */
  readonly broken: LinesOf;
}

export interface LinesOf {
  readonly count: number;
  /** The first few. */
  readonly lines: readonly number[];
}

export interface RepairRequest {
  readonly path: string;
  readonly header: Header;
  /** Written anew: the records that can be loaded, as they were, each with a field for every column. */
  readonly target: string;
  /** Records to leave out for their values, by their place among those that a repair without this keeps. */
  readonly misfits?: ReadonlyMap<number, string>;
  readonly signal: AbortSignal;
  /** With `misfits` it hears of these alone: of the others it has heard. */
  report(record: LeftOut): Promise<void>;
}

/** Goes through a flawed file record by record, and writes one without flaws. */
export async function repairFile(request: RepairRequest): Promise<FileAccount> {
  const { path, header, signal } = request;
  const target = await open(request.target, 'w');
  try {
    const walk = new RepairWalk(request, target);
    await readWindows(path, { from: header.bytes, signal, consume: (bytes, isLast) => walk.take(bytes, isLast) });
    return walk.account();
  } finally {
    await target.close();
  }
}

const shownLines = 10;

class RepairWalk {
  readonly #request: RepairRequest;
  readonly #target: FileHandle;
  readonly #width: number;
  #line = 2;
  #kept = 0;
  #lines = 1;
  #records = 0;
  #recordLines = 0;
  #leftOut = 0;
  #leftOutLines = 0;
  #blankLines = 0;
  readonly #short = { count: 0, lines: [] as number[] };
  readonly #broken = { count: 0, lines: [] as number[] };

  constructor(request: RepairRequest, target: FileHandle) {
    this.#request = request;
    this.#target = target;
    this.#width = request.header.names.length + request.header.nameless;
  }

  async take(bytes: Buffer, isLast: boolean): Promise<number> {
    const output: Buffer[] = [];
    const reports: LeftOut[] = [];
    let start = 0;
    while (start < bytes.length) {
      const span = findRecord(bytes, start, isLast);
      if (!span) break;
      this.#takeRecord(bytes.subarray(start, span.end), span, output, reports);
      this.#line += span.lines;
      start = span.next;
    }
    this.#lines += countLineFeeds(bytes, 0, start) + (isLast && start > 0 && bytes[start - 1] !== 0x0a ? 1 : 0);
    if (output.length > 0) await this.#target.write(Buffer.concat(output));
    for (const report of reports) await this.#request.report(report);
    return start;
  }

  account(): FileAccount {
    return {
      lines: this.#lines,
      records: this.#records,
      recordLines: this.#recordLines,
      leftOut: this.#leftOut,
      leftOutLines: this.#leftOutLines,
      blankLines: this.#blankLines,
      short: this.#short,
      broken: this.#broken,
    };
  }

  #takeRecord(bytes: Buffer, span: RecordSpan, output: Buffer[], reports: LeftOut[]): void {
    if (isBlank(bytes, this.#width)) {
      this.#blankLines += 1;
      return;
    }
    const { misfits } = this.#request;
    const problem = span.problem ?? this.#surplus(bytes, span);
    const misfit = problem === undefined ? misfits?.get(this.#kept) : undefined;
    if (problem === undefined) this.#kept += 1;
    const reason = problem ?? misfit;
    if (reason === undefined) {
      this.#keep(bytes, span, output);
      return;
    }
    this.#leftOut += 1;
    this.#leftOutLines += span.lines;
    if (!misfits || misfit !== undefined) reports.push(this.#describe(bytes, span, reason));
  }

  /** Fields beyond the named columns are let pass only where the header left room for them, and only empty. */
  #surplus(bytes: Buffer, { fields }: RecordSpan): string | undefined {
    const named = this.#request.header.names.length;
    if (fields <= named) return undefined;
    const surplus = fields - named;
    const isEmpty = bytes.subarray(bytes.length - surplus).every((byte) => byte === 0x2c);
    if (fields <= this.#width && isEmpty) return undefined;
    return `expected ${named} fields, got ${fields}`;
  }

  #keep(bytes: Buffer, { fields, lines }: RecordSpan, output: Buffer[]): void {
    this.#records += 1;
    this.#recordLines += lines;
    if (fields < this.#request.header.names.length) this.#note(this.#short);
    if (lines > 1) this.#note(this.#broken);
    output.push(bytes, Buffer.from(`${','.repeat(this.#width - fields)}\n`));
  }

  #note(list: { count: number; lines: number[] }): void {
    list.count += 1;
    if (list.lines.length < shownLines) list.lines.push(this.#line);
  }

  /** Bytes that are no UTF-8 are kept as Latin-1, which loses none of them. */
  #describe(bytes: Buffer, { lines }: RecordSpan, reason: string): LeftOut {
    const raw = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
    return { line: this.#line, lines, reason, raw };
  }
}

/** In a table of one column blanks may be a value; an empty line never is. */
function isBlank(bytes: Buffer, width: number): boolean {
  return bytes.length === 0 || (width > 1 && bytes.every((byte) => byte === 0x20 || byte === 0x09));
}

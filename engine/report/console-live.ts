import { formatDuration } from '../model/duration.ts';
import { type Board, type BoardRow, createBoard } from './board.ts';
import { eventLine, type LineOptions } from './console-lines.ts';
import { clip } from './printable.ts';
import type { Reporter, Write } from './reporter.ts';
import { progressWords } from './wording.ts';

export interface LiveOptions extends LineOptions {
  readonly write: Write;
  /** Asked at each redraw: terminals change their size. */
  readonly columns: () => number;
  readonly rows: () => number;
  readonly now: () => Date;
}

/** A terminal that is redrawn: ends stay as lines above, what is at work stands below, a line each. */
export interface LiveReporter extends Reporter {
  /** A line of somebody else's, which would otherwise fall into the area. */
  note(line: string): void;
  /** To be called a few times a second, for the clocks. */
  redraw(): void;
  /** Takes the area of what is at work away. */
  close(): void;
}

/** Events are only gathered: ten thousand of them a second are as many writes as the redraws in it. */
export function createLiveReporter(options: LiveOptions): LiveReporter {
  const board = createBoard();
  let gathered = '';
  let drawn: readonly string[] = [];
  const draw = (area: readonly string[]) => {
    const same = gathered === '' && area.length === drawn.length && area.every((line, index) => line === drawn[index]);
    if (same) return;
    // One write, and lines are overwritten before the rest is cleared: nothing flickers.
    options.write(`${upwards(drawn.length)}${gathered}${area.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    gathered = '';
    drawn = area;
  };
  const gather = (line: string) => {
    gathered += `${line}\u001b[K\n`;
  };
  return {
    hear: (event) => {
      board.hear(event);
      const line = isPermanent(event.type) ? eventLine(event, options) : undefined;
      if (line !== undefined) gather(line);
    },
    note: (line) => {
      gather(line);
      draw(areaOf(board, options));
    },
    redraw: () => draw(areaOf(board, options)),
    close: () => draw([]),
  };
}

/** Starts show in the area. */
function isPermanent(type: string): boolean {
  return type !== 'attempt_started' && type !== 'component_probing' && type !== 'component_waiting';
}

/** To the first column in any case: the terminal itself may have written `^C`. */
function upwards(lines: number): string {
  return lines === 0 ? '\r' : `\u001b[${lines}A\r`;
}

/** What is at work, cut to the terminal; empty where its size is not known. */
function areaOf(board: Board, { columns, rows, now, paint }: LiveOptions): readonly string[] {
  const width = columns() - 1;
  const height = rows() - 2;
  const atWork = board.rows();
  if (width <= 0 || height <= 0 || board.startedAt === undefined) return [];
  const shown = atWork.slice(0, Math.max(0, height - 1));
  const idWidth = shown.reduce((widest, { component }) => Math.max(widest, component.length), 0);
  const hidden = atWork.length - shown.length;
  const more = hidden > 0 ? `, ${hidden} not shown` : '';
  const elapsed = formatElapsed(board.startedAt, now());
  return [
    ...shown.map((row) => clip(`  ${row.component.padEnd(idWidth)}  ${rowWords(row, now())}`, width)),
    paint.dim(clip(`${board.ended} of ${board.total} done, ${atWork.length} at work${more}, ${elapsed}`, width)),
  ];
}

function rowWords(row: BoardRow, now: Date): string {
  const elapsed = formatElapsed(row.since, now);
  if (row.phase === 'waiting') return `waits for run ${row.heldBy} ${elapsed}`;
  if (row.phase === 'probing') return `asks its sources ${elapsed}`;
  if (row.phase === 'retrying') return `waits to try again ${elapsed}`;
  const parts = [
    `running ${elapsed}`,
    row.progress ? progressWords(row.progress) : undefined,
    row.attempt > 1 ? `attempt ${row.attempt}` : undefined,
    `place ${row.place}`,
    row.pid === undefined ? undefined : `process ${row.pid}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** In tenths of a second at least: anything finer only makes the line restless. */
function formatElapsed(since: Date, now: Date): string {
  const elapsed = Math.max(0, now.getTime() - since.getTime());
  return elapsed < 1_000 ? `${(elapsed / 1_000).toFixed(1)}s` : formatDuration(elapsed);
}

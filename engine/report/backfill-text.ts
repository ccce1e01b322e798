import type { Backfill, BackfillSlot, NewBackfill, SlotToFill } from '../model/backfill.ts';
import { showTime } from '../model/show-time.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { words } from './wording.ts';

const columns = [
  { title: 'backfill', cell: ({ id }: Backfill) => id },
  { title: 'dag', cell: ({ dag }: Backfill) => dag },
  { title: 'from', cell: ({ from }: Backfill) => showTime(from) },
  { title: 'to', cell: ({ to }: Backfill) => showTime(to) },
  { title: 'status', cell: ({ status }: Backfill) => status },
  { title: 'slots', cell: countsOf },
  { title: 'by', cell: ({ createdBy }: Backfill) => createdBy },
];

export function renderBackfills(backfills: readonly Backfill[]): string {
  return renderTable(columns, backfills);
}

export function renderBackfill(backfill: Backfill, slots: readonly BackfillSlot[]): string {
  const { reprocess, maxActive, backwards, advances } = backfill;
  const order = backwards ? 'newest slot first' : 'oldest slot first';
  const cursor = advances ? 'later runs go on from it' : 'later runs do not go on from it';
  const slotColumns = [
    { title: 'slot', cell: slotWords },
    { title: 'status', cell: ({ status }: BackfillSlot) => statusWords(status, backfill) },
    { title: 'run', cell: ({ runId }: BackfillSlot) => runId ?? '' },
  ];
  return [
    standingLine(backfill),
    `reprocess ${reprocess}, ${maxActive} at a time, ${order}; ${cursor}\n\n`,
    renderTable(slotColumns, slots),
  ].join('');
}

/** `2026-03-01 09:00:00Z`, and which components where it is not all: ` (only a, b)`. */
export function slotWords({ slot, components }: SlotToFill): string {
  return components ? `${showTime(slot)} (only ${components.join(', ')})` : showTime(slot);
}

/** `backfill 01… of transit in prd: completed; 3 success`. */
export function standingLine(backfill: Backfill): string {
  const { id, dag, environment, status } = backfill;
  return `backfill ${id} of ${dag} in ${environment}: ${status}; ${countsOf(backfill)}\n`;
}

/** Before any of its runs: how many slots it fills, and how to fill those that it leaves. */
export function plannedLine(
  { id, dag, environment, slots, reprocess }: NewBackfill,
  left: number,
  isDry: boolean,
): string {
  const what = isDry || slots.length === 0 ? 'a backfill' : `backfill ${id}`;
  const filled =
    slots.length === 0 ? 'no slot to fill' : `${isDry ? 'would fill ' : ''}${formatCount(slots.length, 'slot')}`;
  return `${what} of ${dag} in ${environment}: ${filled}${leftWords(left, reprocess)}\n`;
}

function leftWords(left: number, reprocess: NewBackfill['reprocess']): string {
  if (left === 0) return '';
  const all = 'with --reprocess completed it would fill all of them';
  return reprocess === 'none'
    ? `; ${formatCount(left, 'slot')} had a run: with --reprocess failed it would fill those whose run failed, ${all}`
    : `; ${formatCount(left, 'slot')} had a success: ${all}`;
}

function countsOf(backfill: Backfill): string {
  const counted = Object.entries(backfill.counts).map(
    ([status, count]) => `${count} ${statusWords(status as BackfillSlot['status'], backfill)}`,
  );
  return counted.length === 0 ? 'no slots' : counted.join(', ');
}

/** Nobody will make the runs that a cancelled one still waits for. */
function statusWords(slot: BackfillSlot['status'], { status }: Backfill): string {
  if (slot !== 'due') return words(slot);
  return status === 'cancelled' ? 'not run' : 'waiting';
}

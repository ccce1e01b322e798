import type { Backfill, BackfillSlot } from '../model/backfill.ts';
import { renderTable } from './table.ts';
import { words } from './wording.ts';

const columns = [
  { title: 'backfill', cell: ({ id }: Backfill) => id },
  { title: 'dag', cell: ({ dag }: Backfill) => dag },
  { title: 'from', cell: ({ from }: Backfill) => from.toISOString() },
  { title: 'to', cell: ({ to }: Backfill) => to.toISOString() },
  { title: 'status', cell: ({ status }: Backfill) => status },
  { title: 'slots', cell: countsOf },
  { title: 'by', cell: ({ createdBy }: Backfill) => createdBy },
];

export function renderBackfills(backfills: readonly Backfill[]): string {
  return renderTable(columns, backfills);
}

const slotColumns = [
  { title: 'slot', cell: ({ slot }: BackfillSlot) => slot.toISOString() },
  { title: 'status', cell: ({ status }: BackfillSlot) => words(status) },
  { title: 'run', cell: ({ runId }: BackfillSlot) => runId ?? '' },
];

export function renderBackfill(backfill: Backfill, slots: readonly BackfillSlot[]): string {
  const { id, dag, environment, status, reprocess, maxActive, backwards, advances } = backfill;
  const order = backwards ? 'newest slot first' : 'oldest slot first';
  const cursor = advances ? 'later runs go on from it' : 'later runs do not go on from it';
  return [
    `backfill ${id} of ${dag} in ${environment}: ${status}; ${countsOf(backfill)}\n`,
    `reprocess ${reprocess}, ${maxActive} at a time, ${order}; ${cursor}\n\n`,
    renderTable(slotColumns, slots),
  ].join('');
}

function countsOf({ counts }: Backfill): string {
  const counted = Object.entries(counts).map(([status, count]) => `${count} ${words(status)}`);
  return counted.length === 0 ? 'no slots' : counted.join(', ');
}

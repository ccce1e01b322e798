import { oneLine } from './printable.ts';

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

/** Columns under lower-case titles, two spaces apart; every line ends with a newline. All of it is made safe to show. */
export function renderTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => oneLine(title)),
    ...rows.map((row) => columns.map(({ cell }) => oneLine(cell(row)))),
  ];
  const widths = columns.map((_, index) =>
    lines.reduce((widest, line) => Math.max(widest, (line[index] as string).length), 0),
  );
  return lines.map((line) => `${renderLine(line, columns, widths)}\n`).join('');
}

function renderLine(
  cells: readonly string[],
  columns: readonly { readonly align?: 'left' | 'right' }[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, index) => {
    const width = widths[index] as number;
    return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
  });
  return padded.join('  ').trimEnd();
}

/** @typedef {Readonly<Record<string, unknown>>} Line what bench/harness/report.ts prints */

const shown = ['bench', 'case', 'subject', 'medianMs', 'minMs', 'maxMs', 'ratioOfMedians', 'medianOfRatios', 'to'];

/** One row for each line: what was timed in columns, all else behind it. @param {readonly Line[]} lines */
export function renderTable(lines) {
  const head = ['case', 'subject', 'median ms', 'spread', 'ratio', 'pairwise', 'to', 'more'];
  const rows = [head, ...lines.map(rowOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** @param {Line} line */
function rowOf(line) {
  const { bench, minMs, maxMs } = line;
  const more = Object.entries(line).filter(([name]) => !shown.includes(name));
  return [
    `${text(bench)} ${text(line.case)}`,
    text(line.subject),
    text(line.medianMs),
    minMs === undefined ? '' : `${text(minMs)}–${text(maxMs)}`,
    text(line.ratioOfMedians),
    text(line.medianOfRatios),
    text(line.to),
    more.map(([name, value]) => `${name} ${text(value)}`).join(', '),
  ];
}

/** @param {unknown} value */
function text(value) {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

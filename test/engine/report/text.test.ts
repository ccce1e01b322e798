import { describe, expect, it } from 'vitest';
import { clip, oneLine, printable } from '../../../engine/report/printable.ts';
import { formatBytes, formatCount } from '../../../engine/report/quantity.ts';
import { renderTable } from '../../../engine/report/table.ts';
import { decidingSentence, endWords, progressWords } from '../../../engine/report/wording.ts';
import { dataset, ended, firstRun, sameSource } from './events.ts';

describe('text from outside', () => {
  it.each([
    ['colours and cursor moves', '\u001b[2J\u001b[31mred', '\uFFFD[2J\uFFFD[31mred'],
    ['a title and a bell', '\u001b]0;owned\u0007', '\uFFFD]0;owned\uFFFD'],
    ['a carriage return that hides what came before', 'failed\rok', 'failed\uFFFDok'],
    ['C1 controls', 'a\u009bmb', 'a\uFFFDmb'],
    ['marks that turn the direction', 'abc\u202efdp', 'abc\uFFFDfdp'],
    ['the mark of Arabic', 'a\u061cb', 'a\uFFFDb'],
    ['tabs and line ends', 'a\tb\nc', 'a b\nc'],
    ['letters of all kinds', 'Füße 駅 🚉', 'Füße 駅 🚉'],
  ])('is shown without %s taking effect', (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is brought onto one line', () => {
    expect(oneLine('  first\r\n   second\n\nthird ')).toBe('first second third');
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['🚉🚉🚉', 2, '🚉…'],
    ['abcdef', 1, '…'],
    ['abcdef', 0, 'abcdef'],
    ['abcdef', -1, 'abcdef'],
  ])('%j is cut to %i columns as %j', (line, columns, cut) => {
    expect(clip(line, columns)).toBe(cut);
  });
});

it('a table makes its titles safe, too: columns are named by sources', () => {
  const columns = [{ title: 'stop\u001b[2J\u009bid', cell: (row: string) => row }];
  expect(renderTable(columns, ['a\u001b[1m'])).toBe('stop\uFFFD[2J\uFFFDid\na\uFFFD[1m\n');
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [12_345_678, '12.3 MB'],
  [5e15, '5000.0 TB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it.each([
  [0, '0 rows'],
  [1, '1 row'],
  [1_234_567, '1,234,567 rows'],
])('%i rows are %s', (count, text) => {
  expect(formatCount(count, 'row')).toBe(text);
});

it('a table is as wide as its cells, which cannot break its lines', () => {
  const columns = [
    { title: 'name', cell: (row: readonly [string, number]) => row[0] },
    { title: 'rows', cell: (row: readonly [string, number]) => String(row[1]), align: 'right' as const },
  ];
  const text = renderTable(columns, [
    ['stops', 12_345],
    ['a\nb', 7],
  ]);
  expect(text).toBe('name    rows\nstops  12345\na b        7\n');
});

it.each([
  [{ done: 1_234, unit: 'rows' }, '1,234 rows'],
  [{ done: 2_500_000, total: 10_000_000, unit: 'bytes' }, '2.5 MB of 10.0 MB (25%)'],
  [{ done: 12, total: 10, unit: 'pages' }, '12 of 10 pages (100%)'],
  [{ done: 3, total: 0, unit: 'files' }, '3 files'],
] as const)('progress %j is %j', (progress, text) => {
  expect(progressWords(progress)).toBe(text);
});

describe('why', () => {
  it('is the sentence of the check that decided', () => {
    expect(decidingSentence(firstRun)).toBe('it has never succeeded');
  });

  it('is what was compared, where nothing moved', () => {
    expect(decidingSentence(sameSource)).toBe('its source answered 304');
  });

  it('is the reason, where no check says more', () => {
    expect(decidingSentence({ verdict: 'unchanged', reason: 'inputs_unchanged', checks: [] })).toBe('inputs unchanged');
  });
});

const failure = { class: 'source', message: 'expected a zip,\ngot HTML' } as const;

it.each([
  ['succeeded 4.2s', {}],
  ['succeeded 4.2s, 1,002 rows in 2 datasets', { datasets: [dataset(1_000), dataset(2)] }],
  ['succeeded 4.2s, degraded: an optional upstream failed', { degraded: true }],
  ['unchanged: its source answered 304', { status: 'unchanged', attempts: 0, decision: sameSource }],
  ['skipped: not selected', { status: 'skipped', reason: 'not_selected', attempts: 0 }],
  ['failed 4.2s: expected a zip, got HTML', { status: 'failed', failure }],
  ['timed out 4.2s: expected a zip, got HTML', { status: 'timed_out', failure }],
] as const)('an end reads %j', (text, details) => {
  expect(endWords(ended('stops', details))).toBe(text);
});

import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { FailureError, type Json } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { columnName, columnNames } from '../../../components/datavic/column-names.ts';
import { readTable } from '../../../components/datavic/table.ts';
import { typeOf } from '../../../components/datavic/values.ts';
import { decodePage, type Page } from '../../../components/http/ckan/pages.ts';

const files = '../shared/data/datavic';

type Cells = Readonly<Record<string, Json>>;

function pageOf(records: readonly Cells[], total = records.length, headings = Object.keys(records[0] ?? {})): Page {
  return {
    fields: ['_id', ...headings].map((id) => ({ id })),
    records: records.map((record, index) => ({ _id: index + 1, ...record })),
    total,
  };
}

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof FailureError) return thrown.failure;
    throw thrown;
  }
  throw new Error('expected a failure');
}

function tableOf(file: string) {
  const rows = parse(readFileSync(`${files}/${file}`), { columns: true }) as readonly Record<string, string>[];
  return readTable([pageOf(rows)]);
}

describe('columnName', () => {
  it.each([
    ['Fin_year', 'fin_year'],
    ['\ufeffFin_year', 'fin_year'],
    ['Month name', 'month_name'],
    ['Pax_pre_AM_peak', 'pax_pre_am_peak'],
    ['Pax_Saturday ', 'pax_saturday'],
    ['dayType', 'day_type'],
    ['% of total', 'of_total'],
    ['2023', 'column_2023'],
    [' ', ''],
  ])('%j → %s', (heading, name) => {
    expect(columnName(heading)).toBe(name);
  });

  it('refuses two headings that come to one name', () => {
    expect(failureOf(() => columnNames(['Stop name', 'Stop_Name'])).message).toBe(
      'expected headings that differ, got `Stop name` and `Stop_Name`, both `stop_name`',
    );
  });
});

describe('typeOf', () => {
  it.each([
    [['50', '-1', '0'], 'BIGINT'],
    [['16,809,932', '721229'], 'BIGINT'],
    [['-38.35403334', '145'], 'DOUBLE'],
    [['1,234.5'], 'DOUBLE'],
    [['007', '12'], 'VARCHAR'],
    [['1,23'], 'VARCHAR'],
    [['9999999999999999999'], 'VARCHAR'],
    [['1e5'], 'VARCHAR'],
    [['50', 'n/a'], 'VARCHAR'],
    [['FY23-24'], 'VARCHAR'],
    [[null, '7'], 'BIGINT'],
    [[null], 'VARCHAR'],
    [[], 'VARCHAR'],
  ])('%j is %s', (values, type) => {
    expect(typeOf(values)).toBe(type);
  });
});

describe('readTable', () => {
  it('cleans values, leaves out what the datastore adds, blank rows and empty unnamed columns', () => {
    const page = pageOf([
      { '\ufeffYear': '2018', 'Month name': 'January ', 'Regional bus': '721229 ', ' ': '', '  ': null, rank: 0.05 },
      { '\ufeffYear': '2018', 'Month name': 'February', 'Regional bus': '1,118,494', ' ': ' ', '  ': '', rank: 0.05 },
      { '\ufeffYear': '', 'Month name': ' ', 'Regional bus': null, ' ': '', '  ': '', rank: 0.05 },
    ]);
    expect(readTable([page])).toEqual({
      columns: [
        { name: 'year', type: 'BIGINT' },
        { name: 'month_name', type: 'VARCHAR' },
        { name: 'regional_bus', type: 'BIGINT' },
      ],
      rows: [
        ['2018', 'January', '721229'],
        ['2018', 'February', '1118494'],
      ],
      blankRows: 1,
    });
  });

  it('keeps an unnamed column that has values, and a named one that has none', () => {
    const { columns, rows } = readTable([pageOf([{ a: '1', '': 'note', b: null }])]);
    expect(columns.map(({ name }) => name)).toEqual(['a', 'column_2', 'b']);
    expect(rows).toEqual([['1', 'note', null]]);
  });

  it('takes a table without rows as it is', () => {
    expect(readTable([pageOf([], 0, ['Fin_year'])])).toEqual({
      columns: [{ name: 'fin_year', type: 'VARCHAR' }],
      rows: [],
      blankRows: 0,
    });
  });

  const first = { _id: 1, a: '1' };
  const second = { _id: 2, a: '2' };
  const fields = [{ id: '_id' }, { id: 'a' }];
  it.each<[what: string, pages: Page[], message: RegExp]>([
    [
      'fewer rows than the total',
      [{ fields, records: [first], total: 2 }],
      /expected 2 rows, the total, got 1 in 1 pages/,
    ],
    ['more rows than the total', [{ fields, records: [first, second], total: 1 }], /expected 1 rows, the total, got 2/],
    [
      'a total that moved',
      [
        { fields, records: [first], total: 2 },
        { fields, records: [second], total: 3 },
      ],
      /total 2, got 3: the table changed/,
    ],
    [
      'columns that changed',
      [
        { fields, records: [first], total: 2 },
        { fields: [{ id: '_id' }], records: [second], total: 2 },
      ],
      /same columns/,
    ],
    [
      'pages that overlap',
      [
        { fields, records: [first], total: 2 },
        { fields, records: [first], total: 2 },
      ],
      /every row once, got 1 rows again/,
    ],
    ['a table without columns', [{ fields: [{ id: '_id' }], records: [], total: 0 }], /at least one column/],
  ])('fails as the source for %s', (_what, pages, message) => {
    const failure = failureOf(() => readTable(pages));
    expect(failure.class).toBe('source');
    expect(failure.message).toMatch(message);
  });
});

describe('decodePage', () => {
  it.each([
    [
      'a refusal',
      { success: false, error: { __type: 'Not Found Error', message: 'Not found: Resource' } },
      /CKAN's Not Found Error: Not found: Resource/,
    ],
    [
      'a refusal by field',
      { success: false, error: { __type: 'Validation Error', limit: ['Invalid integer'] } },
      /Validation Error: \{"limit":\["Invalid integer"\]\}/,
    ],
    ['a refusal in words', { success: false, error: 'Bad request' }, /Error: Bad request/],
    ['another shape', { success: true, result: { records: [] } }, /fields/],
    ['no JSON', '<html>Gateway</html>', /as JSON, got HTML/],
  ])('fails as the source for %s', (_what, body, message) => {
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const failure = failureOf(() => decodePage(bytes));
    expect(failure.class).toBe('source');
    expect(failure.message).toMatch(message);
  });
});

describe.skipIf(!existsSync(files))('readTable on real files (needs ../shared/data)', () => {
  it('reads the 222 stations of 2023-24', () => {
    const { columns, rows } = tableOf('skritzz-2025-10/annual_metropolitan_train_station_entries_fy_2023_2024.csv');
    expect(rows).toHaveLength(222);
    expect(columns.map(({ name, type }) => `${name} ${type}`).slice(0, 6)).toEqual([
      'fin_year VARCHAR',
      'stop_id BIGINT',
      'stop_name VARCHAR',
      'stop_lat DOUBLE',
      'stop_long DOUBLE',
      'pax_annual BIGINT',
    ]);
    expect(new Set(columns.slice(5).map(({ type }) => type))).toEqual(new Set(['BIGINT']));
  });

  it.each([
    ['skritzz-2025-10', 4_065],
    ['tanulg3-2025-06', 3_815],
  ])('reads the monthly averages of %s: %i rows', (folder, count) => {
    const { columns, rows } = tableOf(`${folder}/monthly_average_patronage_by_day_type_and_by_mode.csv`);
    expect(rows).toHaveLength(count);
    expect(columns).toContainEqual({ name: 'pax_daily', type: 'BIGINT' });
  });

  it('reads numbers with a blank at their end', () => {
    const { columns, rows } = tableOf('tanulg3-2025-06/monthly_public_transport_patronage_by_mode.csv');
    expect(rows).toHaveLength(84);
    expect(columns.at(-1)).toEqual({ name: 'regional_bus', type: 'BIGINT' });
    expect(rows[0]?.at(-1)).toBe('721229');
  });

  it('opens a real answer of the datastore', () => {
    const page = decodePage(readFileSync(`${files}/ckan/datastore_search-datavic-2021.json`));
    const { columns, rows } = readTable([page]);
    expect(rows).toHaveLength(2);
    expect(columns.map(({ name }) => name)).not.toContain('rank');
    expect(columns.map(({ name }) => name)).not.toContain('_id');
    expect(columns).toContainEqual({ name: 'site_postcode', type: 'BIGINT' });
  });
});

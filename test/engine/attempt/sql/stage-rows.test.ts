import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { CellValue, Column } from 'signalbox';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../../../engine/attempt/sql/open-sql.ts';

async function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'sql-'));
  const staging = join(folder, 'staging');
  mkdirSync(staging);
  const sql = await openSql({
    staging,
    tempDirectory: join(folder, 'spill'),
    memoryLimitMb: 64,
    threads: 1,
    onStaged: () => undefined,
  });
  onTestFinished(() => {
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { sql, staging };
}

const columns: readonly Column[] = [
  { name: 'id', type: 'UBIGINT' },
  { name: 'a "name"', type: 'VARCHAR' },
  { name: 'x', type: 'DOUBLE' },
  { name: 'f', type: 'BOOLEAN' },
  { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
];

test('rows keep their values, types and order', async () => {
  const { sql, staging } = await setup();
  const rows: readonly (readonly CellValue[])[] = [
    [18_446_744_073_709_551_615n, 'it\'s, "so"\n', 0.1, true, '2026-01-02T03:04:05.678Z'],
    [0, '', -1e300, false, null],
    [null, undefined, null, null, null],
  ];
  const staged = await sql.stageRows('t', columns, rows);
  expect(staged.schema).toEqual(columns);
  const file = await asyncBufferFromFile(join(staging, 't.parquet'));
  expect(await parquetReadObjects({ file, compressors })).toEqual([
    {
      id: 18_446_744_073_709_551_615n,
      'a "name"': 'it\'s, "so"\n',
      x: 0.1,
      f: true,
      at: new Date('2026-01-02T03:04:05.678Z'),
    },
    { id: 0n, 'a "name"': '', x: -1e300, f: false, at: null },
    { id: null, 'a "name"': null, x: null, f: null, at: null },
  ]);
});

test('no rows make a version too, and two datasets of one attempt do not mix', async () => {
  const { sql } = await setup();
  const [none, one] = await Promise.all([
    sql.stageRows('none', [{ name: 'n', type: 'INTEGER' }], []),
    sql.stageRows('one', [{ name: 's', type: 'VARCHAR' }], [['x']]),
  ]);
  expect([none.rows, one.rows]).toEqual([0, 1]);
  expect(one.schema).toEqual([{ name: 's', type: 'VARCHAR' }]);
});

describe('rows are refused', () => {
  test.each<[string, string, readonly (readonly CellValue[])[], string]>([
    ['of another width', 'INTEGER', [[1], [1, 2]], 'expected row 2 to have 1 values, got 2'],
    ['with a fraction in a column of whole numbers', 'INTEGER', [[1.5]], 'whole number that fits INTEGER, got 1.5'],
    ['with a number that has lost digits', 'UBIGINT', [[2 ** 60]], 'whole number that fits UBIGINT'],
    ['with a number that is too large', 'INTEGER', [[2 ** 40]], 'INT32'],
    ['with text for a number', 'DOUBLE', [['north']], 'north'],
    ['with a type that is more than a type', 'INTEGER); DROP TABLE x; --', [[1]], 'expected the type of column n'],
  ])('%s', async (_, type, rows, message) => {
    const { sql, staging } = await setup();
    await expect(sql.stageRows('t', [{ name: 'n', type }], rows)).rejects.toThrow(message);
    expect(readdirSync(staging)).toEqual([]);
    expect(await sql.stageRows('t', [{ name: 'n', type: 'INTEGER' }], [[1]])).toMatchObject({ rows: 1 });
  });
});

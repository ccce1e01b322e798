import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { StagedDataset } from 'signalbox';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSql, type SqlOptions } from '../../../../engine/attempt/sql/open-sql.ts';

async function setup(options: Partial<SqlOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sql-it's-[1]-"));
  const staging = join(folder, 'staging');
  mkdirSync(staging);
  const staged: StagedDataset[] = [];
  const sql = await openSql({
    staging,
    tempDirectory: join(folder, 'spill'),
    memoryLimitMb: 128,
    threads: 2,
    onStaged: (dataset) => staged.push(dataset),
    ...options,
  });
  onTestFinished(() => {
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { sql, staging, staged, folder };
}

async function digestOf(query: string, options: Partial<SqlOptions> = {}, volatile: readonly string[] = []) {
  const { sql } = await setup(options);
  return (await sql.stage('t', query, { volatile })).digest;
}

async function parquetRows(path: string) {
  const bytes = readFileSync(path);
  return parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    compressors,
  });
}

describe('a staged dataset', () => {
  test('is a Parquet file whose rows, bytes, hash and schema are as told', async () => {
    const { sql, staging, staged } = await setup();
    const query = "SELECT 1 AS n, 'a' AS s, DATE '2026-01-02' AS d, NULL::DOUBLE AS x -- a comment";
    const dataset = await sql.stage('some_table', query);
    const path = join(staging, 'some_table.parquet');
    const bytes = readFileSync(path);
    expect(dataset).toMatchObject({ dataset: 'some_table', file: 'some_table.parquet', rows: 1, bytes: bytes.length });
    expect(dataset.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(dataset.schema).toEqual([
      { name: 'n', type: 'INTEGER' },
      { name: 's', type: 'VARCHAR' },
      { name: 'd', type: 'DATE' },
      { name: 'x', type: 'DOUBLE' },
    ]);
    expect(await parquetRows(path)).toEqual([{ n: 1, s: 'a', d: new Date('2026-01-02'), x: null }]);
    expect(staged).toEqual([dataset]);
  });

  test('may have no rows', async () => {
    const { sql } = await setup();
    expect(await sql.stage('none', 'SELECT 1 AS n WHERE false')).toMatchObject({ rows: 0, schema: [{ name: 'n' }] });
  });

  test.each(['Stops', '1st', 'a-b', '../x', '', 'a b'])('may not be named %j', async (name) => {
    const { sql, staging } = await setup();
    await expect(sql.stage(name, 'SELECT 1')).rejects.toThrow('expected a dataset name');
    expect(readdirSync(staging)).toEqual([]);
  });

  test('is staged once in an attempt', async () => {
    const { sql } = await setup();
    await sql.stage('t', 'SELECT 1 AS n');
    await expect(sql.stage('t', 'SELECT 2 AS n')).rejects.toThrow('got t twice');
  });

  test('whose query fails leaves no file and can be tried again', async () => {
    const { sql, staging, staged } = await setup();
    await expect(sql.stage('t', "SELECT CAST('x' AS INTEGER) AS n")).rejects.toThrow('Conversion Error');
    expect(readdirSync(staging)).toEqual([]);
    expect(await sql.stage('t', 'SELECT 1 AS n')).toMatchObject({ rows: 1 });
    expect(staged).toHaveLength(1);
  });

  test('waits for the one before it', async () => {
    const { sql, staged } = await setup();
    await Promise.all(['a', 'b', 'c'].map((name) => sql.stage(name, 'SELECT * FROM range(1000) r(n)')));
    expect(staged.map(({ dataset }) => dataset)).toEqual(['a', 'b', 'c']);
  });
});

describe('the digest is the same', () => {
  const rows =
    "SELECT i AS n, CASE WHEN i % 7 = 0 THEN NULL ELSE 's' || i END AS s, i / 3.0 AS x FROM range(300000) t(i)";

  test('in whatever order the rows come, on whatever number of threads', async () => {
    const digest = await digestOf(rows);
    expect(await digestOf(`${rows} ORDER BY hash(i)`)).toBe(digest);
    expect(await digestOf(`${rows} ORDER BY i DESC`, { threads: 1 })).toBe(digest);
    expect(await digestOf(rows, { threads: 4 })).toBe(digest);
  });

  test('in whatever order the columns come', async () => {
    expect(await digestOf('SELECT 1 AS a, 2 AS b')).toBe(await digestOf('SELECT 2 AS b, 1 AS a'));
  });

  test('whatever the volatile columns hold', async () => {
    const volatile = ['at'];
    const digest = await digestOf("SELECT 1 AS n, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS at", {}, volatile);
    expect(await digestOf("SELECT 1 AS n, TIMESTAMPTZ '2026-01-02 00:00:00Z' AS at", {}, volatile)).toBe(digest);
  });
});

describe('the digest is another', () => {
  test.each([
    ['NULL and an empty text', "SELECT ''::VARCHAR AS s", 'SELECT NULL::VARCHAR AS s'],
    ['a row and the same row twice', 'SELECT 1 AS n', 'SELECT 1 AS n UNION ALL SELECT 1'],
    ['no rows and a pair of equal rows', 'SELECT 1 AS n WHERE false', 'SELECT 1 AS n UNION ALL SELECT 1'],
    ['a break between two columns moved', "SELECT 'ab' AS a, 'c' AS b", "SELECT 'a' AS a, 'bc' AS b"],
    ['two columns swapped', "SELECT 'x' AS a, 'y' AS b", "SELECT 'y' AS a, 'x' AS b"],
    ['values swapped between two rows', "VALUES ('a', 'b'), ('c', 'd')", "VALUES ('a', 'd'), ('c', 'b')"],
    ['NULL in one column and in the other', 'SELECT 1 AS a, NULL::INTEGER AS b', 'SELECT NULL::INTEGER AS a, 1 AS b'],
    ['another type', 'SELECT 1::INTEGER AS n', 'SELECT 1::BIGINT AS n'],
    ['another name', 'SELECT 1 AS n', 'SELECT 1 AS m'],
  ])('for %s', async (_, left, right) => {
    expect(await digestOf(left)).not.toBe(await digestOf(right));
  });

  test('for any pair of values swapped among many rows', async () => {
    const { sql } = await setup();
    const digests = new Set<string>();
    for (let swap = 0; swap < 40; swap += 1) {
      const name = `CASE i WHEN ${swap} THEN ${swap + 1} WHEN ${swap + 1} THEN ${swap} ELSE i END`;
      digests.add((await sql.stage(`t${swap}`, `SELECT i AS n, 's' || (${name}) AS s FROM range(100) t(i)`)).digest);
    }
    expect(digests.size).toBe(40);
  });
});

test('a volatile column that is none of the dataset is a mistake', async () => {
  const { sql, staging } = await setup();
  await expect(sql.stage('t', 'SELECT 1 AS n', { volatile: ['at'] })).rejects.toThrow('got at');
  expect(existsSync(join(staging, 't.parquet'))).toBe(false);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSql, type SqlOptions } from '../../../../engine/attempt/sql/open-sql.ts';

async function setup(options: Partial<SqlOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sql-'));
  for (const name of ['staging', 'read', 'other']) mkdirSync(join(folder, name));
  for (const name of ['read', 'other']) writeFileSync(join(folder, name, 'x.csv'), 'n\n1\n');
  const sql = await openSql({
    staging: join(folder, 'staging'),
    tempDirectory: join(folder, 'spill'),
    memoryLimitMb: 64,
    threads: 1,
    onStaged: () => undefined,
    ...options,
  });
  onTestFinished(() => {
    sql.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const from = (name: string) => `SELECT * FROM read_csv('${join(folder, name, 'x.csv')}')`;
  return { sql, folder, from };
}

describe('statements', () => {
  test('take parameters and give rows', async () => {
    const { sql } = await setup();
    await sql.run('CREATE TABLE t (n INTEGER, s VARCHAR)');
    await sql.run('INSERT INTO t VALUES (?, ?), (?, ?)', [1, "it's", 2, null]);
    expect(await sql.rows('SELECT * FROM t WHERE n > ? ORDER BY n', [0])).toEqual([
      { n: 1, s: "it's" },
      { n: 2, s: null },
    ]);
  });

  test('spill to disk rather than use more memory', async () => {
    const { sql } = await setup();
    const [row] = await sql.rows(
      'SELECT count(*) AS n FROM (SELECT md5(i::VARCHAR) AS m FROM range(3000000) t(i) ORDER BY m LIMIT 2999999)',
    );
    expect(row?.n).toBe(2_999_999n);
  });

  test('read times in UTC', async () => {
    const { sql } = await setup();
    expect(await sql.rows("SELECT TIMESTAMPTZ '2026-01-01 00:00:00'::VARCHAR AS at")).toEqual([
      { at: '2026-01-01 00:00:00+00' },
    ]);
  });

  test('are interrupted by the signal, with its reason', async () => {
    const stop = new AbortController();
    const { sql } = await setup({ signal: stop.signal });
    const endless = sql.rows('SELECT count(*) FROM range(10000000) a(i), range(10000000) b(j) WHERE i + j < 0');
    const next = sql.rows('SELECT 1 AS n').catch((error: unknown) => error);
    setImmediate(() => stop.abort(new Error('stopped by the test')));
    await expect(endless).rejects.toThrow('stopped by the test');
    expect(await next).toEqual(new Error('stopped by the test'));
  });
});

describe('the world outside', () => {
  test('is shut off but for the folders that are named', async () => {
    const { sql, folder, from } = await setup({ folders: [] });
    await expect(sql.rows(from('read'))).rejects.toThrow('disabled by configuration');
    await expect(sql.run(`COPY (SELECT 1) TO '${folder}/other/y.csv'`)).rejects.toThrow('disabled by configuration');
  });

  test('is open where it is named', async () => {
    const { sql, folder, from } = await setup();
    const named = await setup({ folders: [join(folder, 'read')] });
    expect(await named.sql.rows(from('read'))).toEqual([{ n: 1n }]);
    await expect(named.sql.rows(from('other'))).rejects.toThrow('disabled by configuration');
    expect(await sql.rows(from('other'))).toEqual([{ n: 1n }]);
  });

  test.each(['INSTALL httpfs', 'LOAD httpfs', "SET memory_limit = '99GB'", 'SET autoinstall_known_extensions = true'])(
    'stays so: %s is refused',
    async (statement) => {
      const { sql } = await setup({ folders: [] });
      await expect(sql.run(statement)).rejects.toThrow();
    },
  );
});

import { Client, type ClientConfig } from 'pg';
import { expect, test } from 'vitest';
import { createDatabase } from '../../harness/postgres.ts';

async function query(config: ClientConfig, sql: string): Promise<unknown[]> {
  const client = new Client(config);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('each database is its own, reachable by config and by url, and can be copied and dropped', async () => {
  const [one, other] = await Promise.all([createDatabase(), createDatabase()]);
  await query(one.config, 'CREATE TABLE mark AS SELECT 1 AS value');
  expect(await query({ connectionString: one.url }, 'SELECT value FROM mark')).toEqual([{ value: 1 }]);
  await expect(query(other.config, 'SELECT value FROM mark')).rejects.toThrow('does not exist');
  const copy = await createDatabase(String(one.config.database));
  expect(await query(copy.config, 'SELECT value FROM mark')).toEqual([{ value: 1 }]);
  await Promise.all([one.drop(), other.drop(), copy.drop()]);
  await expect(query(one.config, 'SELECT 1')).rejects.toThrow('does not exist');
});

import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

/** The rows of a Parquet file, by a reader that shares no code with the one that wrote it. */
export async function readParquet(
  path: string,
  columns?: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const file = await asyncBufferFromFile(path);
  return parquetReadObjects({ file, compressors, ...(columns ? { columns: [...columns] } : {}) });
}

/** How many rows have each value of a column. */
export async function countBy(path: string, column: string): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const row of await readParquet(path, [column])) {
    const value = String(row[column]);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

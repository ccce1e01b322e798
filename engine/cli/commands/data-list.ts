import { join } from 'node:path';
import type { DatasetVersion } from '../../model/dataset.ts';
import { showTime } from '../../model/show-time.ts';
import { formatBytes, formatNumber } from '../../report/quantity.ts';
import { exitCodes } from '../exit-codes.ts';
import { type NewestFlags, newestVersions } from '../newest-versions.ts';
import { type OutputFlags, printRows } from '../print.ts';
import type { Terminal } from '../terminal.ts';

export async function dataList(terminal: Terminal, flags: NewestFlags & OutputFlags): Promise<number> {
  const { newest, storageRoot } = await newestVersions(flags);
  const rows = newest.map((version) => ({ ...version, path: join(storageRoot, version.path) }));
  if (rows.length > 0 && flags.output === 'table') terminal.err(`environment ${flags.env}\n`);
  printRows(terminal, flags, rows, columns, `no dataset was published in environment ${flags.env}`);
  return exitCodes.success;
}

const columns = [
  { title: 'dataset', cell: ({ dataset }: DatasetVersion) => dataset },
  { title: 'dag', cell: ({ dag }: DatasetVersion) => dag },
  { title: 'rows', cell: ({ rows }: DatasetVersion) => formatNumber(rows), align: 'right' as const },
  { title: 'size', cell: ({ bytes }: DatasetVersion) => formatBytes(bytes), align: 'right' as const },
  { title: 'published', cell: ({ publishedAt }: DatasetVersion) => showTime(publishedAt) },
  { title: 'path', cell: ({ path }: DatasetVersion) => path },
];

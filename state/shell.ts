import type { QueryArrayResult } from 'pg';
import type { ConnectionTarget } from './connection-target.ts';
import { onOwnConnection } from './own-connection.ts';

export interface SqlResult {
  /** `SELECT`, `UPDATE`, … */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows returned or changed; null where the command does neither. */
  readonly rowCount: number | null;
}

/**
 * One result for each statement of the text. It is the user's own database, so writing is allowed. The connection ends
 * with the call; names are looked up in schema `signalbox` first.
 */
export function runSql(target: ConnectionTarget, text: string): Promise<readonly SqlResult[]> {
  const limits = { role: 'shell', settings: { search_path: 'signalbox,public' }, doing: 'run this SQL' };
  return onOwnConnection(target, limits, async (client) => {
    // For a text of several statements `pg` gives an array, which its types do not say.
    const answer: unknown = await client.query({ text, rowMode: 'array' });
    const results = (Array.isArray(answer) ? answer : [answer]) as readonly QueryArrayResult<unknown[]>[];
    return results.map(({ command, fields, rows, rowCount }) => ({
      command,
      columns: fields.map(({ name }) => name),
      rows,
      rowCount,
    }));
  });
}

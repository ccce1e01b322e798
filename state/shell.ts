import { Client, type QueryArrayResult } from 'pg';
import { databaseFailure } from './connection-error.ts';
import { withLimits } from './connection-settings.ts';
import type { ConnectionTarget } from './connection-target.ts';
import { endClient } from './end-client.ts';

export interface SqlResult {
  /** `SELECT`, `UPDATE`, … */
  readonly command: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  /** Rows returned or changed; null where the command does neither. */
  readonly rowCount: number | null;
}

const STATEMENT_MS = 600_000;

/**
 * One result for each statement of the text. It is the user's own database, so writing is allowed. The connection ends
 * with the call; names are looked up in schema `signalbox` first.
 */
export async function runSql(target: ConnectionTarget, text: string): Promise<readonly SqlResult[]> {
  const limits = { role: 'shell', statementMs: STATEMENT_MS, settings: { search_path: 'signalbox,public' } };
  let client: Client | undefined;
  try {
    client = new Client(withLimits(await target.config(), limits));
    await client.connect();
    // For a text of several statements `pg` gives an array, which its types do not say.
    const answer: unknown = await client.query({ text, rowMode: 'array' });
    const results = (Array.isArray(answer) ? answer : [answer]) as readonly QueryArrayResult<unknown[]>[];
    return results.map(({ command, fields, rows, rowCount }) => ({
      command,
      columns: fields.map(({ name }) => name),
      rows,
      rowCount,
    }));
  } catch (error) {
    throw databaseFailure(error, target.place, 'run this SQL');
  } finally {
    if (client) await endClient(client);
  }
}

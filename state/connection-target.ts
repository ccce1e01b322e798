import { Client, type ClientConfig } from 'pg';
import { infraFailure } from '../engine/model/failure.ts';

/** Where the state is, and what has to hold before a connection there is used. */
export interface ConnectionTarget {
  /** `host:port/database`, for messages: never a password. */
  readonly place: string;
  /** Called before every use: at no cost while all is well. */
  config(): Promise<ClientConfig>;
}

export function urlTarget(databaseUrl: string): ConnectionTarget {
  const config = { connectionString: databaseUrl };
  const place = placeOf(parseUrl(databaseUrl));
  return { place, config: () => Promise.resolve(config) };
}

export function placeOf({ host, port, database }: Pick<ClientConfig, 'host' | 'port' | 'database'>): string {
  return `${host ?? 'localhost'}:${port ?? 5432}/${database ?? ''}`;
}

/** The parser's own error carries the URL, password and all, so it is not kept as the cause. */
function parseUrl(databaseUrl: string): Client {
  try {
    if (/^postgres(ql)?:\/\//.test(databaseUrl)) return new Client({ connectionString: databaseUrl });
  } catch {
    // Told below, without the URL.
  }
  throw infraFailure('expected DATABASE_URL to be such as postgres://user:password@host:5432/database', {
    hint: 'Percent-encode special characters of the password; unset DATABASE_URL to use the embedded database.',
    retryable: false,
  });
}

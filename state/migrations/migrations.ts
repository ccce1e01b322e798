import { runs } from './0001-runs.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Forward only: what is listed here has been applied somewhere and never changes again. */
export const migrations: readonly Migration[] = [{ version: 1, name: 'runs', sql: runs }];

export const newestVersion = migrations.length;

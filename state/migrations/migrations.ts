import { runs } from './0001-runs.ts';
import { slots } from './0002-slots.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Forward only: what is listed here has been applied somewhere and never changes again. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'runs', sql: runs },
  { version: 2, name: 'slots', sql: slots },
];

export const newestVersion = migrations.length;

import { runs } from './0001-runs.ts';
import { slots } from './0002-slots.ts';
import { quotas } from './0003-quotas.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Forward only: what is listed here has been applied somewhere and never changes again. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'runs', sql: runs },
  { version: 2, name: 'slots', sql: slots },
  { version: 3, name: 'quotas', sql: quotas },
];

export const newestVersion = migrations.length;

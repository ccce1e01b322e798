import { runs } from './0001-runs.ts';
import { slots } from './0002-slots.ts';
import { quotas } from './0003-quotas.ts';
import { sourceTrust } from './0004-source-trust.ts';
import { backfills } from './0005-backfills.ts';
import { actingOnRuns } from './0006-acting-on-runs.ts';
import { slotsThatAdvance } from './0007-slots-that-advance.ts';
import { runsOfSlots } from './0008-runs-of-slots.ts';
import { deadOwners } from './0009-dead-owners.ts';
import { retention } from './0010-retention.ts';
import { componentsOfBackfillSlots } from './0011-components-of-backfill-slots.ts';
import { longHistory } from './0012-long-history.ts';
import { schedulesInTurn } from './0013-schedules-in-turn.ts';

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
  { version: 4, name: 'source-trust', sql: sourceTrust },
  { version: 5, name: 'backfills', sql: backfills },
  { version: 6, name: 'acting-on-runs', sql: actingOnRuns },
  { version: 7, name: 'slots-that-advance', sql: slotsThatAdvance },
  { version: 8, name: 'runs-of-slots', sql: runsOfSlots },
  { version: 9, name: 'dead-owners', sql: deadOwners },
  { version: 10, name: 'retention', sql: retention },
  { version: 11, name: 'components-of-backfill-slots', sql: componentsOfBackfillSlots },
  { version: 12, name: 'long-history', sql: longHistory },
  { version: 13, name: 'schedules-in-turn', sql: schedulesInTurn },
];

export const newestVersion = migrations.length;

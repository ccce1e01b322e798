import { type Kysely, type Selectable, sql } from 'kysely';
import type { Scope } from '../../engine/model/ports.ts';
import type { ComponentRunStatus } from '../../engine/model/status.ts';
import type { RunTable, Schema } from '../schema.ts';

export interface RunRow {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly dagVersion: string;
  readonly trigger: RunTable['trigger'];
  readonly forced: boolean;
  readonly status: RunTable['status'];
  readonly reason: string | null;
  readonly startedAt: Date;
  readonly deadline: Date;
  readonly finishedAt: Date | null;
  /** The instant of the schedule that it was made for; null for a manual one. */
  readonly slot: Date | null;
  /** The instant for which it answers. */
  readonly asOf: Date;
  /** The run whose open ends it tries again. */
  readonly retryOf: string | null;
  /** How many component runs stand where. */
  readonly counts: Readonly<Partial<Record<ComponentRunStatus, number>>>;
}

export interface RunFilter extends Partial<Scope> {
  readonly status?: RunTable['status'];
  /** Only runs that tell how things stand: none that gave up for being busy, and none of a backfill, which is about the past. */
  readonly tellsStanding?: true;
  /** Default 20. */
  readonly limit?: number;
  /** Only runs made before the run with this id: the last id of a page gives the next one. */
  readonly before?: string;
}

const DEFAULT_LIMIT = 20;

export async function listRuns(database: Kysely<Schema>, filter: RunFilter = {}): Promise<readonly RunRow[]> {
  const { environment, dag, status, tellsStanding, before, limit } = filter;
  let query = selectRuns(database)
    .orderBy('run.id', 'desc')
    .limit(limit ?? DEFAULT_LIMIT);
  if (environment !== undefined) query = query.where('run.environment', '=', environment);
  if (dag !== undefined) query = query.where('run.dag', '=', dag);
  if (status !== undefined) query = query.where('run.status', '=', status);
  if (tellsStanding) {
    query = query
      .where('run.reason', 'is distinct from', 'busy')
      .where('run.trigger', '<>', 'backfill')
      .where('run.advances', '=', true);
  }
  if (before !== undefined) query = query.where('run.id', '<', before);
  return (await query.execute()).map(toRunRow);
}

export async function latestRun(database: Kysely<Schema>, scope: Scope): Promise<RunRow | undefined> {
  return (await listRuns(database, { ...scope, limit: 1 }))[0];
}

/** The first or the last part of an id is enough where it names one run. */
export async function findRun(database: Kysely<Schema>, id: string): Promise<RunRow | undefined> {
  const [first, second] = await runsNamed(database, id, 2);
  return first && !second ? first : undefined;
}

/**
 * The runs whose id begins or ends with these four or more digits, newest first. Found one way or the other and then read:
 * asked for in one condition the planner looks at all runs, newest first, until it has enough.
 */
export async function runsNamed(database: Kysely<Schema>, part: string, limit: number): Promise<readonly RunRow[]> {
  const digits = part.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{4,32}$/.test(digits)) return [];
  const backwards = digits.split('').toReversed().join('');
  const rows = await selectRuns(database)
    .where('run.id', 'in', (named) =>
      named
        .selectFrom('run as begun')
        .select('begun.id')
        .where((run) => run.between('begun.id', digits.padEnd(32, '0'), digits.padEnd(32, 'f')))
        .union(
          // As the index `run_by_ending` has it; `g` comes after every digit.
          named
            .selectFrom('run as ended')
            .select('ended.id')
            .where((run) => run.between(digitsBackwards, backwards, `${backwards}g`)),
        ),
    )
    .orderBy('run.id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toRunRow);
}

const digitsBackwards = sql<string>`reverse(replace(ended.id::text, '-', '')) collate "C"`;

function selectRuns(database: Kysely<Schema>) {
  return database.selectFrom('run').select((expression) => [
    'run.id',
    'run.environment',
    'run.dag',
    'run.dag_version',
    'run.trigger',
    'run.forced',
    'run.status',
    'run.reason',
    'run.started_at',
    'run.deadline',
    'run.finished_at',
    'run.slot',
    'run.as_of',
    'run.retry_of',
    expression
      .selectFrom(
        expression
          .selectFrom('component_run')
          .select(({ fn }) => ['component_run.status', fn.countAll<number>().as('count')])
          .whereRef('component_run.run_id', '=', 'run.id')
          .groupBy('component_run.status')
          .as('counted'),
      )
      .select(sql<RunRow['counts'] | null>`jsonb_object_agg(counted.status, counted.count)`.as('counts'))
      .as('counts'),
  ]);
}

type Unread =
  | 'selection'
  | 'owner'
  | 'answers_slots'
  | 'advances'
  | 'cancel_asked_at'
  | 'cancel_asked_by'
  | 'cancel_reason';

type SelectedRun = Omit<Selectable<RunTable>, Unread> & {
  readonly counts: RunRow['counts'] | null;
};

function toRunRow({ dag_version, started_at, finished_at, as_of, retry_of, counts, ...same }: SelectedRun): RunRow {
  const instants = { startedAt: started_at, finishedAt: finished_at, asOf: as_of };
  return { ...same, ...instants, retryOf: retry_of, dagVersion: dag_version, counts: counts ?? {} };
}

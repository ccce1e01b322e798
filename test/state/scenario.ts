import { afterAll, beforeAll } from 'vitest';
import type { AttemptFinish, AttemptStart, NewRun, Owner, SuccessRecord } from '../../engine/model/ports.ts';
import { newId } from '../../state/new-id.ts';
import { openState, type State } from '../../state/open-state.ts';
import { createDatabase, type TestDatabase } from '../harness/postgres.ts';

/** One database and one open state for a test file. */
export interface Scenario {
  readonly state: State;
  readonly database: TestDatabase;
  readonly owner: Owner;
}

export function useScenario(): () => Scenario {
  let opened: Scenario | undefined;
  beforeAll(async () => {
    const database = await createDatabase();
    const state = await openAt(database);
    opened = { state, database, owner: await state.owners.register() };
  });
  afterAll(async () => {
    await opened?.state.close();
    await opened?.database.drop();
  });
  return () => {
    if (!opened) throw new Error('expected the scenario to be open');
    return opened;
  };
}

export function openAt({ url }: TestDatabase): Promise<State> {
  return openState({ home: '/nowhere', databaseUrl: url });
}

export interface MadeRun {
  readonly id: string;
  readonly dag: string;
  readonly environment: string;
  /** Component → its component run. */
  readonly ids: ReadonlyMap<string, string>;
}

export interface RunWish {
  readonly dag?: string;
  readonly components?: readonly string[];
  readonly extras?: Partial<NewRun>;
}

/** A run on record with its components pending. Without a wish: component `a` of a DAG that no other test uses. */
export async function makeRun(
  { state, owner }: Pick<Scenario, 'state' | 'owner'>,
  { dag = `dag-${newId()}`, components = ['a'], extras = {} }: RunWish = {},
): Promise<MadeRun> {
  const rows = components.map((component) => ({ id: newId(), component }));
  const [id, environment] = [newId(), 'prd'];
  await state.runs.createRun({
    id,
    environment,
    dag,
    dagVersion: 'v1',
    definition: { title: dag },
    trigger: 'manual',
    forced: false,
    asOf: new Date(),
    answersSlots: false,
    advances: true,
    ...extras,
    owner: owner.id,
    startedAt: new Date(),
    deadline: new Date(Date.now() + 60_000),
    selection: {},
    components: rows,
  });
  return { id, dag, environment, ids: new Map(rows.map((row) => [row.component, row.id])) };
}

export interface Claimed {
  readonly run: MadeRun;
  readonly componentRunId: string;
  readonly fence: number;
}

/** A run of one component whose claim is held. */
export async function makeClaimed(scenario: Pick<Scenario, 'state' | 'owner'>, wish: RunWish = {}): Promise<Claimed> {
  const run = await makeRun(scenario, wish);
  const { fences } = await claimAll(scenario, run);
  const [[component, componentRunId] = []] = run.ids;
  return { run, componentRunId: componentRunId ?? '', fence: fences.get(component ?? '') ?? -1 };
}

export function claimAll({ state, owner }: Pick<Scenario, 'state' | 'owner'>, run: MadeRun, allOrNone = true) {
  const wanted = [...run.ids].map(([component, componentRunId]) => ({ component, componentRunId }));
  return state.runs.claim({ environment: run.environment, dag: run.dag, owner: owner.id, wanted, allOrNone });
}

export type Started = Pick<AttemptStart, 'componentRunId' | 'fence' | 'attemptId'>;

export function startOf(
  { componentRunId, fence }: Pick<Started, 'componentRunId' | 'fence'>,
  owner: Owner,
  extras: Partial<AttemptStart> = {},
): AttemptStart {
  const decision = { verdict: 'run', reason: 'first_run', checks: [] } as const;
  const startedAt = new Date();
  return {
    componentRunId,
    fence,
    attemptId: newId(),
    number: 1,
    owner: owner.id,
    startedAt,
    deadline: new Date(startedAt.getTime() + 60_000),
    degraded: false,
    decision,
    ...extras,
  };
}

export function finishOf(
  { componentRunId, fence, attemptId }: Started,
  extras: Partial<AttemptFinish> = {},
): AttemptFinish {
  const status = extras.componentStatus ?? 'success';
  return {
    componentRunId,
    fence,
    attemptId,
    attemptStatus: status === 'success' ? 'success' : 'failed',
    componentStatus: status,
    reason: 'first_run',
    finishedAt: new Date(),
    metrics: { wallMs: 5 },
    warnings: [],
    ...(status === 'success' ? { success: successOf() } : {}),
    ...extras,
  };
}

export function successOf(extras: Partial<SuccessRecord> = {}): SuccessRecord {
  return {
    output: { rows: 1 },
    outputDigest: 'output-1',
    fingerprint: 'fingerprint-1',
    upstreamDigests: {},
    evidence: [],
    trust: {},
    datasets: [],
    rows: 1,
    bytes: 10,
    ...extras,
  };
}

export function datasetOf(run: MadeRun, componentRunId: string, dataset: string) {
  const id = newId();
  return {
    id,
    environment: run.environment,
    dag: run.dag,
    component: 'a',
    componentRunId,
    dataset,
    path: `curated/${dataset}/${id}.parquet`,
    rows: 3,
    bytes: 40,
    sha256: 'sha',
    digest: 'digest',
    schema: [{ name: 'n', type: 'INTEGER' }],
    publishedAt: new Date(),
    evidence: { source: 'feed' },
  };
}

/** How many rows an attempt or an end of this component run has left in each table. */
export async function tracesOf({ state }: Pick<Scenario, 'state'>, id: string): Promise<Record<string, number>> {
  const count = async (table: 'attempt' | 'decision' | 'source_state' | 'dataset_version') => {
    const query = state.database.selectFrom(table).select(({ fn }) => fn.countAll<number>().as('count'));
    return (await query.where('component_run_id', '=', id).executeTakeFirstOrThrow()).count;
  };
  return {
    attempts: await count('attempt'),
    decisions: await count('decision'),
    evidence: await count('source_state'),
    datasets: await count('dataset_version'),
  };
}

export async function statusOf({ state }: Pick<Scenario, 'state'>, id: string): Promise<string> {
  const query = state.database.selectFrom('component_run').select('status').where('id', '=', id);
  return (await query.executeTakeFirstOrThrow()).status;
}

import type { Client } from 'pg';
import { type ComponentHandle, component, type Dag, defineDag } from 'signalbox';
import { createBareTables, readRows, runBare } from '../harness/bare-writer.ts';
import { interleave, median, type Rounds, round, type Subject, timed, usualRounds } from '../harness/measure.ts';
import { nextTransaction, prove } from '../harness/proof.ts';
import { report, reportTimings } from '../harness/report.ts';
import { chain, fan, layered, type Shape } from '../harness/shape.ts';
import { openTestBed, type TestBed } from '../harness/test-bed.ts';

/**
 * DAGs of components that do nothing, beside a bare writer of the same rows. The bare writer comes twice: with as many
 * places as the DAG, held to the durable end, and without any limit.
 */
const atOnce = 16;
const childrenAtOnce = 4;

/** For 10,000 attempts in processes, which take half a minute or more. */
const fewRounds: Rounds = { warmups: 1, rounds: 5 };

const bed = await openTestBed();
try {
  report('shapes', 'server', await bed.server());
  const shapes = [chain(100), fan(1_000), layered(10_000)];
  for (const shape of shapes) await benchShape(bed, shape, inlineWay(bed, shape));
  for (const shape of shapes) await benchShape(bed, shape, await childWay(bed, shape));
} finally {
  await bed.close();
}

/** How the engine runs a shape. */
interface Way {
  readonly name: string;
  readonly places: number;
  readonly rounds: Rounds;
  /** Runs every component, also the unchanged; returns the id of the run. */
  run(): Promise<string>;
}

function inlineWay(testBed: TestBed, shape: Shape): Way {
  const ready = testBed.ready(dagOf(shape, shape.name, async () => null));
  return { name: 'inline', places: atOnce, rounds: usualRounds, run: async () => succeeded(await testBed.run(ready)) };
}

async function childWay(testBed: TestBed, shape: Shape): Promise<Way> {
  const { dag, workshop } = await testBed.loadWithChildren(dagFile(shape, `${shape.name}-children`), childrenAtOnce);
  const ready = testBed.ready(dag);
  return {
    name: 'in children',
    places: childrenAtOnce,
    rounds: shape.nodes.length < 10_000 ? usualRounds : fewRounds,
    run: async () => succeeded(await testBed.run(ready, { workshop })),
  };
}

function succeeded({ runId, status }: { readonly runId: string; readonly status: string }): string {
  if (status !== 'success') throw new Error(`expected run ${runId} to succeed, it ${status}`);
  return runId;
}

async function benchShape(testBed: TestBed, shape: Shape, way: Way): Promise<void> {
  const client = await testBed.connect();
  const ledger = createLedger(client);
  const rows = await readRows(client, await way.run());
  const bare = (name: string, places: number): Subject => ({
    name,
    round: () => {
      const options = { shape, dag: shape.name, rows, atOnce: places, work: () => {} };
      return ledger.round(name, async () => (await runBare(client, schemaOf(name), options)).runId);
    },
  });
  const subjects = [
    bare(`bare, ${way.places} at once`, way.places),
    bare('bare, no limit', Number.POSITIVE_INFINITY),
    { name: `engine ${way.name}`, round: () => ledger.round(`engine ${way.name}`, () => way.run()) },
  ];
  for (const { name } of subjects.slice(0, 2)) {
    await client.query(`drop schema if exists ${schemaOf(name)} cascade`);
    await createBareTables(client, schemaOf(name));
  }
  const timings = await interleave(subjects, way.rounds);
  const proofs = new Map<string, object>();
  for (const { name } of subjects) {
    const schema = name.startsWith('engine') ? 'signalbox' : schemaOf(name);
    proofs.set(name, await prove(client, schema, shape, ledger.runs(name)));
  }
  reportTimings('shapes', shape.name, timings, (subject) => ({
    places: subject === 'bare, no limit' ? 'any' : way.places,
    commitsPerComponent: round(median(ledger.commits(subject)) / shape.nodes.length),
    ...proofs.get(subject),
  }));
  if (way.name === 'inline') report('shapes', shape.name, await observe(testBed, client, shape));
  await client.end();
}

function schemaOf(name: string): string {
  return name.replaceAll(/\W+/g, '_');
}

function listed<Item>(lists: Map<string, Item[]>, name: string): Item[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

/** Which runs a subject made, and how many commits each of them took. */
function createLedger(client: Client) {
  const runIds = new Map<string, string[]>();
  const commitCounts = new Map<string, number[]>();
  return {
    runs: (name: string) => listed(runIds, name),
    commits: (name: string) => listed(commitCounts, name),
    round: async (name: string, run: () => Promise<string>) => {
      const before = await nextTransaction(client);
      const ms = await timed(async () => listed(runIds, name).push(await run()));
      listed(commitCounts, name).push((await nextTransaction(client)) - before);
      return ms;
    },
  };
}

/** One more run, not timed, in which every component asks on another connection whether its upstreams' ends are there. */
async function observe(testBed: TestBed, client: Client, shape: Shape): Promise<Readonly<Record<string, unknown>>> {
  const upstreams = new Map(shape.nodes.map((node) => [node.id, node.upstreams]));
  const text = `select count(*)::int as ended from signalbox.component_run
    where run_id = $1 and component = any ($2) and finished_at is not null`;
  let last: Promise<unknown> = Promise.resolve();
  let looked = 0;
  let early = 0;
  const dag = dagOf(shape, `${shape.name}-observed`, async (id, runId) => {
    const wanted = upstreams.get(id) ?? [];
    const answer = last.then(() => client.query<{ ended: number }>({ name: 'observe', text, values: [runId, wanted] }));
    last = answer;
    const { rows } = await answer;
    looked += wanted.length;
    early += wanted.length - (rows[0]?.ended ?? 0);
    return null;
  });
  await testBed.run(testBed.ready(dag));
  return { subject: 'observer', upstreamsLookedUp: looked, endsNotYetVisible: early };
}

function dagOf(shape: Shape, id: string, run: (id: string, runId: string) => Promise<null>): Dag {
  const handles = new Map<string, ComponentHandle>();
  for (const node of shape.nodes) {
    const dependsOn = Object.fromEntries(node.upstreams.map((up) => [up, handles.get(up) as ComponentHandle]));
    const work = (context: { readonly run: { readonly id: string } }) => run(node.id, context.run.id);
    handles.set(node.id, component({ id: node.id, dependsOn, isolation: 'inline', run: work }));
  }
  return defineDag({ id, concurrency: atOnce, components: [...handles.values()] });
}

/** The same as a file, which children can load. */
function dagFile(shape: Shape, dagId: string): string {
  const nodes = JSON.stringify(shape.nodes.map((node) => [node.id, node.upstreams]));
  return `import { component, defineDag } from 'signalbox';
const nodes: readonly (readonly [string, readonly string[]])[] = ${nodes};
const handles = new Map();
for (const [id, upstreams] of nodes) {
  const dependsOn = Object.fromEntries(upstreams.map((upstream) => [upstream, handles.get(upstream)]));
  handles.set(id, component({ id, dependsOn, run: async () => null }));
}
export default defineDag({ id: '${dagId}', concurrency: ${childrenAtOnce}, components: [...handles.values()] });
`;
}

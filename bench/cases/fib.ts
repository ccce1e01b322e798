import { type ComponentHandle, component, type Dag, defineDag } from 'signalbox';
import { createBareTables, readRows, runBare } from '../harness/bare-writer.ts';
import { interleave, type Rounds, timed, usualRounds } from '../harness/measure.ts';
import { reportTimings } from '../harness/report.ts';
import { chain, type Shape } from '../harness/shape.ts';
import { openTestBed, type TestBed } from '../harness/test-bed.ts';

/** Small work one after another: what an engine adds to it. The children have served before; their start is not timed. */
const bed = await openTestBed();
try {
  await benchFib(bed, 40, 10, usualRounds);
  await benchFib(bed, 10, 33, usualRounds);
} finally {
  await bed.close();
}

async function benchFib(testBed: TestBed, count: number, n: number, rounds: Rounds): Promise<void> {
  const shape = chain(count);
  const name = `${count} × fib(${n})`;
  const inline = testBed.ready(inlineDag(shape, n));
  const { dag, workshop } = await testBed.loadWithChildren(dagFile(shape, n), 1);
  const isolated = testBed.ready(dag);
  const client = await testBed.connect();
  const { runId } = await testBed.run(inline);
  const rows = await readRows(client, runId);
  const schema = `by_hand_${n}`;
  await createBareTables(client, schema);
  const work = () => fib(n);
  const timings = await interleave(
    [
      {
        name: 'bare writer',
        round: () => timed(() => runBare(client, schema, { shape, dag: name, rows, atOnce: 1, work })),
      },
      { name: 'engine inline', round: () => timed(() => testBed.run(inline)) },
      { name: 'engine in warm children', round: () => timed(() => testBed.run(isolated, { workshop })) },
      { name: 'function calls, nothing recorded', round: () => timed(async () => repeat(count, work)) },
    ],
    rounds,
  );
  reportTimings('fib', name, timings);
  await client.end();
}

function repeat(count: number, work: () => unknown): void {
  for (let index = 0; index < count; index += 1) work();
}

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

function inlineDag(shape: Shape, n: number): Dag {
  const handles: ComponentHandle[] = [];
  for (const { id } of shape.nodes) {
    const before = handles.at(-1);
    const dependsOn = before === undefined ? {} : { before };
    handles.push(component({ id, dependsOn, isolation: 'inline', run: async () => fib(n) }));
  }
  return defineDag({ id: `fib-${n}-inline`, components: handles });
}

function dagFile(shape: Shape, n: number): string {
  return `import { component, type ComponentHandle, defineDag } from 'signalbox';
const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));
const handles: ComponentHandle[] = [];
for (let index = 0; index < ${shape.nodes.length}; index += 1) {
  const before = handles.at(-1);
  handles.push(component({ id: 'n' + index, dependsOn: before ? { before } : {}, run: async () => fib(${n}) }));
}
export default defineDag({ id: 'fib-${n}', components: handles });
`;
}

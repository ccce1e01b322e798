import * as fc from 'fast-check';
import { component, type Dag, defineDag } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../engine/plan/graph.ts';
import { orderNodes } from '../../../engine/plan/order.ts';
import { createPlan } from '../../../engine/plan/plan.ts';
import { priorities } from '../../../engine/plan/priorities.ts';
import { randomDag } from './random-dag.ts';

const run = async () => 1;
const a = component({ id: 'a', run });
const b = component({ id: 'b', dependsOn: { a }, run });
const c = component({ id: 'c', dependsOn: { a }, run });
const d = component({ id: 'd', dependsOn: { b, c }, run });
const alone = component({ id: 'alone', run });
const diamond = defineDag({ id: 'diamond', components: [a, b, c, d, alone] });

function planOf(dag: Dag, durationsMs: ReadonlyMap<string, number> = new Map()) {
  const graph = buildGraph(dag);
  return createPlan({ graph, priorities: priorities(graph, durationsMs) });
}

/** A component as `defineDag` would never let it through. */
function forged(id: string, upstream: string): Dag['components'][number] {
  const [plain] = diamond.components as [Dag['components'][number]];
  return { ...plain, id, dependsOn: [{ name: upstream, component: upstream, optional: false }] };
}

/** `{ b: 'ac' }`: b depends on a and c. */
function nodes(edges: Readonly<Record<string, string>>) {
  return Object.entries(edges).map(([id, upstreams]) => ({
    id,
    dependsOn: upstreams.split('').map((upstream) => ({ component: upstream })),
  }));
}

describe('the graph', () => {
  test('knows the generations', () => {
    expect(buildGraph(diamond).generations).toEqual([['a', 'alone'], ['b', 'c'], ['d']]);
  });

  test('a cycle in a DAG that defineDag did not make is an internal error with its path', () => {
    expect(() => buildGraph({ components: [forged('x', 'z'), forged('y', 'x'), forged('z', 'y')] })).toThrow(
      'Internal error: the graph has the cycle x → y → z → x',
    );
  });
});

describe('orderNodes', () => {
  test.each<[string, Record<string, string>, readonly string[] | string]>([
    ['keeps the order given where it can', { b: '', a: '', c: 'a' }, ['b', 'a', 'c']],
    ['pulls upstreams forward', { d: 'bc', c: 'a', b: 'a', a: '' }, ['a', 'b', 'c', 'd']],
    ['passes over upstreams that are not there', { a: 'zz', b: 'a' }, ['a', 'b']],
    ['finds one that waits for itself', { a: '', b: 'b' }, 'b → b'],
    ['finds a cycle of two', { a: 'b', b: 'a' }, 'a → b → a'],
    ['finds a cycle behind others and leaves those out', { s: '', a: 'sc', b: 'a', c: 'b', e: 'c' }, 'a → b → c → a'],
  ])('%s', (_name, edges, expected) => {
    const sorted = orderNodes(nodes(edges));
    expect(sorted.ok ? sorted.order.map(({ id }) => id) : sorted.cycle.join(' → ')).toEqual(expected);
  });
});

describe('priorities', () => {
  test('are the time to the end of the longest chain below', () => {
    const durationsMs = new Map([
      ['a', 10],
      ['b', 1],
      ['c', 5],
      ['d', 2],
      ['alone', 3],
    ]);
    expect(Object.fromEntries(priorities(buildGraph(diamond), durationsMs))).toEqual({
      a: 17,
      b: 3,
      c: 7,
      d: 2,
      alone: 3,
    });
  });

  test('take the median for a component without a past', () => {
    const durationsMs = new Map([
      ['a', 10],
      ['b', 20],
      ['c', 900],
    ]);
    expect(priorities(buildGraph(diamond), durationsMs).get('d')).toBe(20);
  });

  test('are equal steps where nothing has a past', () => {
    const found = priorities(buildGraph(diamond), new Map());
    expect([found.get('a'), found.get('b'), found.get('d')]).toEqual([3_000, 2_000, 1_000]);
  });
});

describe('the plan', () => {
  test('gives each component once, when its last upstream has ended', () => {
    const plan = planOf(diamond);
    expect(plan.takeReady()).toEqual(['a', 'alone']);
    expect(plan.takeReady()).toEqual([]);
    plan.finish('a');
    expect(plan.takeReady()).toEqual(['b', 'c']);
    plan.finish('b');
    expect(plan.takeReady()).toEqual([]);
    expect(plan.blocked()).toEqual(['d']);
    plan.finish('c');
    expect(plan.takeReady()).toEqual(['d']);
    plan.finish('d');
    expect(plan.isDone).toBe(false);
    plan.finish('alone');
    expect([plan.isDone, plan.blocked()]).toEqual([true, []]);
  });

  test('refuses an end that cannot be', () => {
    const plan = planOf(diamond);
    expect(() => plan.finish('a')).toThrow('Internal error: a ended without having been started');
    plan.takeReady();
    plan.finish('a');
    expect(() => plan.finish('a')).toThrow('Internal error: a ended without having been started');
  });

  test('whatever the DAG and the order of the ends: each once, after its upstreams, most work behind it first', () => {
    fc.assert(
      fc.property(randomDag, fc.infiniteStream(fc.nat()), ({ dag, durationsMs }, picks) => {
        const graph = buildGraph(dag);
        const rank = priorities(graph, durationsMs);
        const plan = createPlan({ graph, priorities: rank });
        const byId = new Map(dag.components.map((each) => [each.id, each]));
        const ended = new Set<string>();
        const taken: string[] = [];
        const live: string[] = [];
        while (!plan.isDone) {
          const batch = plan.takeReady();
          const ranks = batch.map((id) => rank.get(id) as number);
          expect(ranks).toEqual(ranks.toSorted((left, right) => right - left));
          for (const id of batch) {
            expect(byId.get(id)?.dependsOn.every((upstream) => ended.has(upstream.component))).toBe(true);
          }
          taken.push(...batch);
          live.push(...batch);
          expect(live.length).toBeGreaterThan(0);
          const [id] = live.splice((picks.next().value as number) % live.length, 1);
          plan.finish(id as string);
          ended.add(id as string);
        }
        expect(taken.toSorted()).toEqual([...byId.keys()].toSorted());
      }),
    );
  });

  test('a priority is never below that of what waits behind it', () => {
    fc.assert(
      fc.property(randomDag, ({ dag, durationsMs }) => {
        const rank = priorities(buildGraph(dag), durationsMs);
        for (const { id, dependsOn } of dag.components) {
          for (const { component: upstream } of dependsOn) {
            expect(rank.get(upstream)).toBeGreaterThan(rank.get(id) as number);
          }
        }
      }),
    );
  });
});

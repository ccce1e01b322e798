import fc from 'fast-check';
import { type ComponentHandle, component, defineDag, optional, type TriggerRule } from 'signalbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunEvent } from '../../../engine/model/event.ts';
import { openRunRig, type RunRig, statusesOf } from '../../harness/run-rig.ts';
import { type Node, predictRun, type Round, type World } from './model.ts';

let rig: RunRig;

beforeAll(async () => {
  rig = await openRunRig();
});
afterAll(() => rig.close());

const rules: readonly TriggerRule[] = [
  'all_success',
  'all_done',
  'one_success',
  'one_failed',
  'none_failed',
  'none_failed_min_one_success',
  'none_skipped',
  'always',
];

const nodes = fc.integer({ min: 1, max: 8 }).chain((size) =>
  fc.tuple(
    ...Array.from({ length: size }, (_, index) =>
      fc.record({
        id: fc.constant(`c${index}`),
        rule: fc.constantFrom(...rules),
        upstreams: fc
          .subarray(Array.from({ length: index }, (_unused, upstream) => `c${upstream}`))
          .chain((ids) => fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), optional: fc.boolean() })))),
      }),
    ),
  ),
);

const roundOf = (all: readonly Node[]): fc.Arbitrary<Round> => {
  const ids = all.map(({ id }) => id);
  return fc.record({
    failing: fc.subarray(ids),
    disabled: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(ids)),
    selected: fc.oneof({ weight: 2, arbitrary: fc.constant(ids) }, fc.subarray(ids, { minLength: 1 })),
    forced: fc.boolean(),
    concurrency: fc.integer({ min: 1, max: 4 }),
  });
};

const cases = nodes.chain((all) =>
  fc.tuple(fc.constant(all as readonly Node[]), fc.array(roundOf(all), { minLength: 1, maxLength: 3 })),
);

let number = 0;

test('runs of random DAGs end as the rules say, one after another', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(cases, async ([all, rounds]) => {
      const id = `random-${++number}`;
      const world: World = new Map();
      for (const round of rounds) {
        const seen = new Map<string, { readonly inputs: readonly string[]; readonly degraded: boolean }>();
        const dag = dagOf(id, all, round, (own, context) => seen.set(own, context));
        const live = rig.start(dag, { components: round.selected, forced: round.forced });
        const summary = await live.summary;
        const predicted = predictRun(all, round, world);
        expect(statusesOf(summary)).toEqual(predicted.statuses);
        expect(statusesOf(await rig.details(summary))).toEqual(predicted.statuses);
        expect(summary.status).toBe(predicted.run);
        expect(Object.fromEntries(seen)).toEqual(predicted.calls);
        expectOrder(all, live.events);
      }
    }),
    { seed: 20_261_120, numRuns: 60 },
  );
});

type Note = (id: string, seen: { readonly inputs: readonly string[]; readonly degraded: boolean }) => void;

function dagOf(id: string, all: readonly Node[], round: Round, note: Note) {
  const handles = new Map<string, ComponentHandle>();
  for (const node of all) {
    const dependsOn = Object.fromEntries(
      node.upstreams.map((upstream) => {
        const handle = handles.get(upstream.id) as ComponentHandle;
        return [upstream.id, upstream.optional ? optional(handle) : handle];
      }),
    );
    const handle = component({
      id: node.id,
      rule: node.rule,
      dependsOn,
      isolation: 'inline',
      enabled: !round.disabled.includes(node.id),
      retries: 0,
      run: async ({ inputs, degraded }) => {
        const present = Object.entries(inputs).filter(([, value]) => value !== undefined);
        note(node.id, { inputs: present.map(([name]) => name).toSorted(), degraded });
        if (round.failing.includes(node.id)) throw new Error('as it was told');
        return { made: node.id };
      },
    });
    handles.set(node.id, handle);
  }
  return defineDag({ id, concurrency: round.concurrency, components: [...handles.values()] });
}

/** Nothing starts before all of its upstreams have ended. */
function expectOrder(all: readonly Node[], events: readonly RunEvent[]) {
  const indexOf = (type: string, id: string) =>
    events.findIndex((event) => event.type === type && 'component' in event && event.component === id);
  for (const { id, upstreams } of all) {
    const started = indexOf('attempt_started', id);
    if (started < 0) continue;
    for (const upstream of upstreams) expect(indexOf('component_finished', upstream.id)).toBeLessThan(started);
  }
}

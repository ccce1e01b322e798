import * as fc from 'fast-check';
import { component, defineDag } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../../engine/model/problem.ts';
import { type Selection, select } from '../../../engine/plan/select.ts';
import { randomDag } from './random-dag.ts';

const run = async () => 1;
const schedule = component({ id: 'gtfs-schedule', run });
const realtime = component({ id: 'gtfs-realtime', dependsOn: { schedule }, run });
const discovery = component({ id: 'discovery', run });
const yearly = component({ id: 'yearly', dependsOn: { schedule, discovery }, group: 'ckan', run });
const monthly = component({ id: 'monthly', dependsOn: { yearly }, group: 'ckan', run });
const groups = {
  ckan: { concurrency: 1 },
  idle: { concurrency: 1 },
  daily_jobs: { components: [schedule, monthly] },
  both: { concurrency: 1, components: [realtime] },
};
const dag = defineDag({ id: 'transit', groups, components: [schedule, realtime, discovery, yearly, monthly] });

describe('select', () => {
  test.each<[string, Selection, readonly string[]]>([
    ['nothing picked is everything', {}, dag.components.map(({ id }) => id)],
    ['nothing picked is everything, also with its upstreams', { upstream: true }, dag.components.map(({ id }) => id)],
    ['a component alone', { components: ['yearly'] }, ['yearly']],
    ['a group', { groups: ['ckan'] }, ['yearly', 'monthly']],
    ['a component and a group', { components: ['discovery'], groups: ['ckan'] }, ['discovery', 'yearly', 'monthly']],
    ['an empty group', { groups: ['idle'] }, []],
    ['a group that lists its components', { groups: ['daily_jobs'] }, ['gtfs-schedule', 'monthly']],
    [
      'groups that overlap',
      { groups: ['ckan', 'daily_jobs', 'both'] },
      ['gtfs-schedule', 'gtfs-realtime', 'yearly', 'monthly'],
    ],
    [
      'with upstreams',
      { components: ['monthly'], upstream: true },
      ['monthly', 'yearly', 'gtfs-schedule', 'discovery'],
    ],
    ['with downstreams', { components: ['discovery'], downstream: true }, ['discovery', 'yearly', 'monthly']],
    [
      'both ways',
      { components: ['yearly'], upstream: true, downstream: true },
      ['yearly', 'gtfs-schedule', 'discovery', 'monthly'],
    ],
  ])('%s', (_name, selection, expected) => {
    const selected = select(dag, selection);
    expect(selected.ok && [...selected.components].toSorted()).toEqual(expected.toSorted());
  });

  test('answers unknown words with what was meant, all at once', () => {
    const selected = select(dag, { components: ['gtfs-realtme', 'zebra'], groups: ['ckam'] });
    expect(selected.ok ? [] : selected.problems.map(formatProblem)).toEqual([
      'expected `component` to be a component of DAG `transit`, got `gtfs-realtme`; did you mean `gtfs-realtime`?',
      'expected `component` to be a component of DAG `transit`, got `zebra`; it has gtfs-schedule, gtfs-realtime, discovery, yearly, monthly',
      'expected `group` to be a group of DAG `transit`, got `ckam`; did you mean `ckan`?',
    ]);
  });

  test('with upstreams nothing that is needed is missing, and nothing else is there', () => {
    fc.assert(
      fc.property(randomDag, fc.nat(), (random, pick) => {
        const { components } = random.dag;
        const picked = components[pick % components.length]?.id as string;
        const needed = new Set<string>();
        const visit = (id: string) => {
          needed.add(id);
          for (const each of components.find((node) => node.id === id)?.dependsOn ?? []) visit(each.component);
        };
        visit(picked);
        const above = select(random.dag, { components: [picked], upstream: true });
        expect(above.ok && above.components).toEqual(needed);
        for (const { id } of components) {
          const below = select(random.dag, { components: [id], downstream: true });
          expect(below.ok && below.components.has(picked)).toBe(needed.has(id));
        }
      }),
    );
  });
});

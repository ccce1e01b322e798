import type { Dag } from '../engine/model/component.ts';
import type { Problem } from '../engine/model/problem.ts';
import { quotasOf } from '../engine/model/quota-uses.ts';
import { didYouMean } from '../engine/model/suggest.ts';
import type { Config } from './load.ts';

/** A name in the settings that nothing has, and where it stands. */
export interface UnknownName {
  readonly from: string;
  readonly problem: Problem;
}

/**
 * What an environment says of DAGs, components and quotas that are none: it would change nothing, in silence. `dags` are all
 * of the project: a name that one of them does not know may be another's.
 */
export function unknownNames(
  { settings, origins }: Pick<Config, 'settings' | 'origins'>,
  dags: readonly Dag[],
): readonly UnknownName[] {
  const quotas = new Set(dags.flatMap((dag) => quotasOf(dag).map(({ name }) => name)));
  const problems = [
    ...unknown('quotas', settings.quotas, [...quotas], 'the name of a quota that a DAG uses'),
    ...unknown('dags', settings.dags, idsOf(dags), 'the id of a DAG'),
    ...dags.flatMap(({ id, components }) => {
      const overlay = Object.hasOwn(settings.dags, id) ? settings.dags[id]?.components : undefined;
      return unknown(`dags.${id}.components`, overlay ?? {}, idsOf(components), `the id of a component of ${id}`);
    }),
  ];
  return problems.map((problem) => {
    const isBelow = (path: string) => path === problem.path || path.startsWith(`${problem.path}.`);
    return { from: origins.find(({ path }) => isBelow(path))?.from ?? 'the settings', problem };
  });
}

function unknown(path: string, named: object, known: readonly string[], expected: string): readonly Problem[] {
  return Object.keys(named)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const hint = didYouMean(name, known) ?? (known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`);
      return { path: `${path}.${name}`, expected, got: `\`${name}\``, hint };
    });
}

function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id);
}

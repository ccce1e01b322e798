import type { Dag } from '../model/component.ts';
import type { Problem } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';

/** What a person picked. No component and no group: everything. */
export interface Selection {
  readonly components?: readonly string[];
  readonly groups?: readonly string[];
  /** With all that the picked ones need. */
  readonly upstream?: boolean;
  /** With all that needs the picked ones. */
  readonly downstream?: boolean;
}

export type Selected =
  | { readonly ok: true; readonly components: ReadonlySet<string> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function select(dag: Dag, selection: Selection): Selected {
  const { components = [], groups = [] } = selection;
  const ids = dag.components.map(({ id }) => id);
  if (components.length === 0 && groups.length === 0) return { ok: true, components: new Set(ids) };
  const problems = [
    ...unknownWords('component', components, ids, dag),
    ...unknownWords('group', groups, Object.keys(dag.groups), dag),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const wanted = new Set([...components, ...groups.flatMap((group) => membersOf(dag, group))]);
  const picked = ids.filter((id) => wanted.has(id));
  const above = selection.upstream ? withUpstreams(dag, picked) : picked;
  const below = selection.downstream ? withDownstreams(dag, picked) : picked;
  return { ok: true, components: new Set([...above, ...below]) };
}

/** Those that a group lists, and those that name it. */
export function membersOf({ groups, components }: Pick<Dag, 'groups' | 'components'>, name: string): readonly string[] {
  const listed = groups[name]?.components ?? [];
  return components.filter(({ id, group }) => group === name || listed.includes(id)).map(({ id }) => id);
}

function unknownWords(path: string, words: readonly string[], known: readonly string[], dag: Dag): Problem[] {
  return words
    .filter((word) => !known.includes(word))
    .map((word) => ({
      path,
      expected: `a ${path} of DAG \`${dag.id}\``,
      got: `\`${word}\``,
      hint: didYouMean(word, known) ?? knownWords(known),
    }));
}

function knownWords(known: readonly string[]): string {
  return known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
}

/** The components stand in topological order, so one pass against it meets each downstream before its upstreams. */
function withUpstreams(dag: Dag, picked: readonly string[]): ReadonlySet<string> {
  const found = new Set(picked);
  for (const { id, dependsOn } of dag.components.toReversed()) {
    if (found.has(id)) for (const upstream of dependsOn) found.add(upstream.component);
  }
  return found;
}

function withDownstreams(dag: Dag, picked: readonly string[]): ReadonlySet<string> {
  const found = new Set(picked);
  for (const { id, dependsOn } of dag.components) {
    if (dependsOn.some((upstream) => found.has(upstream.component))) found.add(id);
  }
  return found;
}

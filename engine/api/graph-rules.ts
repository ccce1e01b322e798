import type { Problem } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';
import { orderNodes } from '../plan/order.ts';
import { type Entry, placeOf, type WrittenUpstream, writtenId } from './entry.ts';

/** Rules about the components of a DAG together: one of each id, upstreams among them, no cycle. */
export function graphProblems(entries: readonly Entry[]): Problem[] {
  const byId = new Map<string, Entry>();
  const repeated: Problem[] = [];
  for (const entry of entries) {
    if (entry.id === undefined) continue;
    const first = byId.get(entry.id);
    if (first) repeated.push(repeatedId(entry, first));
    else byId.set(entry.id, entry);
  }
  return [...repeated, ...foreignUpstreams(entries, byId), ...cycle([...byId.values()])];
}

function repeatedId(entry: Entry, first: Entry): Problem {
  const expected = 'an id that no other component of the DAG has';
  const hint = entry.captured === first.captured ? 'the component is listed twice' : firstOne(first);
  return { ...placeOf(entry, 'id'), expected, got: `\`${entry.id}\` again`, ...(hint !== undefined && { hint }) };
}

function firstOne(first: Entry): string | undefined {
  const where = first.captured.definedAt();
  return where === undefined ? undefined : `the first one is at ${where}`;
}

function foreignUpstreams(entries: readonly Entry[], byId: ReadonlyMap<string, Entry>): Problem[] {
  const members = new Set(entries.map((entry) => entry.captured));
  return entries.flatMap((entry) =>
    entry.upstreams
      .filter((upstream) => !members.has(upstream.captured))
      .map((upstream) => foreignUpstream(entry, upstream, byId)),
  );
}

function foreignUpstream(entry: Entry, upstream: WrittenUpstream, byId: ReadonlyMap<string, Entry>): Problem {
  const id = writtenId(upstream.captured);
  const twin = byId.has(id);
  return {
    ...placeOf(entry, 'dependsOn', upstream.name),
    expected: 'one of the components of the DAG',
    got: twin ? `another component with the id \`${id}\`` : `\`${id}\``,
    hint: twin
      ? 'create it once and use that one in both places'
      : (didYouMean(id, byId.keys()) ?? 'add it to `components`'),
  };
}

function cycle(entries: readonly Entry[]): Problem[] {
  const nodes = entries.map((entry) => ({
    id: entry.id as string,
    dependsOn: entry.upstreams.map(({ captured }) => ({ component: writtenId(captured) })),
    entry,
  }));
  const sorted = orderNodes(nodes);
  if (sorted.ok) return [];
  const first = nodes.find((node) => node.id === sorted.cycle[0]);
  if (!first) return [];
  const got = `the cycle \`${sorted.cycle.join(' → ')}\``;
  return [{ ...placeOf(first.entry, 'dependsOn'), expected: 'free of cycles', got }];
}

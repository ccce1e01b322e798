import type { Component, Dependency } from '../../model/component.ts';
import type { LastSuccess } from '../../model/ports.ts';
import { isFailing } from '../../model/status.ts';
import { failedDigest, isResting, type SeenEnd } from '../upstreams.ts';
import { freshDigest, type PossibleEnd } from './possible-ends.ts';

/** One combination of ends of the direct upstreams, standing for all that are decided alike. */
export interface Situation {
  readonly ends: ReadonlyMap<string, SeenEnd>;
  /** Completes "if …"; empty where the upstreams leave no doubt. */
  readonly when: string;
}

interface Partial {
  readonly ends: readonly SeenEnd[];
  readonly when: readonly string[];
  /** Which kinds of ends there are among them: all that trigger rules ask for. */
  readonly kinds: ReadonlySet<string>;
  readonly moved: boolean;
}

/**
 * The situations that a component may find itself in. Trigger rules and the comparison of digests only ask whether there
 * is an end of some kind, so that two combinations with the same kinds are decided alike and one of them is enough: a
 * component of a thousand upstreams has few situations.
 */
export function situationsOf(
  { dependsOn }: Pick<Component, 'dependsOn'>,
  possible: ReadonlyMap<string, readonly PossibleEnd[]>,
  lastSuccess: LastSuccess | undefined,
): readonly Situation[] {
  let partials: readonly Partial[] = [{ ends: [], when: [], kinds: new Set(), moved: false }];
  for (const dependency of dependsOn) {
    const ends = withReturn(possible.get(dependency.component) ?? [], dependency.component, lastSuccess);
    partials = distinct(
      partials.flatMap((partial) => ends.map((end) => extend(partial, dependency, end, lastSuccess))),
    );
  }
  return partials.map(({ ends, when }) => ({
    ends: new Map(ends.map((end) => [end.component, end])),
    when: sentence(when),
  }));
}

/** What an upstream makes anew may be what was read of it last, although it has made something else in between. */
function withReturn(
  ends: readonly PossibleEnd[],
  upstream: string,
  lastSuccess: LastSuccess | undefined,
): readonly PossibleEnd[] {
  const read = lastSuccess?.upstreamDigests[upstream];
  const fresh = ends.find(({ end }) => end.published?.outputDigest === freshDigest(upstream))?.end;
  if (!fresh?.published || read === undefined || ends.some(({ end }) => end.published?.outputDigest === read))
    return ends;
  const returned = { ...fresh, published: { ...fresh.published, outputDigest: read } };
  return [...ends, { end: returned, when: `${upstream} publishes what was read of it last` }];
}

function extend(
  { ends, when, kinds, moved }: Partial,
  { component, optional }: Dependency,
  possible: PossibleEnd,
  lastSuccess: LastSuccess | undefined,
): Partial {
  const { end } = possible;
  const kind = JSON.stringify([end.status, isResting(end) ? 'resting' : skipOf(end), Boolean(end.published), optional]);
  const digest = isFailing(end.status) ? failedDigest : end.published?.outputDigest;
  const isMoved = digest !== lastSuccess?.upstreamDigests[component];
  return {
    ends: [...ends, end],
    when: possible.when === undefined ? when : [...when, possible.when],
    kinds: kinds.has(kind) ? kinds : new Set([...kinds, kind]),
    moved: moved || isMoved,
  };
}

function skipOf({ status, reason }: SeenEnd): string {
  return status === 'skipped' ? reason : '';
}

function distinct(partials: readonly Partial[]): readonly Partial[] {
  const byKinds = new Map<string, Partial>();
  for (const partial of partials) {
    const key = `${partial.moved} ${[...partial.kinds].toSorted().join(' ')}`;
    if (!byKinds.has(key)) byKinds.set(key, partial);
  }
  return [...byKinds.values()];
}

const shown = 3;

function sentence(when: readonly string[]): string {
  const first = when.slice(0, shown).join(' and ');
  return when.length > shown ? `${first} and ${when.length - shown} more end likewise` : first;
}

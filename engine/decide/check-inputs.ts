import { isSameContent, restsOnValidators, type SourceEvidence } from '../model/evidence.ts';
import type { Json } from '../model/json.ts';
import { plainChecks } from '../model/plain-checks.ts';
import type { TrustBySource } from '../model/trust.ts';
import { digestOf } from './canonical.ts';
import { type CheckAnswer, plain } from './check.ts';
import type { DecisionFacts } from './facts.ts';
import { tellTrust } from './tell-trust.ts';

/** Checks of what the component reads now against what its last success read. */

/** A source may have ten thousand pages, and a decision is stored for every component of every run. */
const shownParts = 20;

interface Move {
  readonly old: string | null;
  readonly new: string | null;
}

export function checkUpstreamOutputs({ lastSuccess, upstreamDigests }: DecisionFacts): CheckAnswer {
  const moved = movesBetween(lastSuccess?.upstreamDigests ?? {}, upstreamDigests);
  const names = Object.keys(moved);
  if (names.length === 0 && isEmpty(upstreamDigests)) return plain(plainChecks.no_upstream_output);
  const inputs = { upstreams: Object.keys(upstreamDigests), moved: asJson(moved) };
  if (names.length === 0) return { next: 'go_on', because: 'the outputs of its upstreams are the same', inputs };
  return {
    next: 'stop',
    verdict: 'run',
    reason: 'upstream_changed',
    because: `the output of ${names.map((name) => describe(name, moved[name] as Move)).join(', ')} changed`,
    inputs,
  };
}

export function checkSource({ declaresSource, lastSuccess, probe }: DecisionFacts): CheckAnswer {
  if (!declaresSource) return plain(plainChecks.no_source);
  if (!probe) return { next: 'probe' };
  if (!probe.known) {
    const because = `its source could not be asked, and unknown never means unchanged: ${probe.message}`;
    return { next: 'stop', verdict: 'run', reason: 'probe_unknown', because, inputs: { message: probe.message } };
  }
  return compareSources(lastSuccess?.evidence ?? [], probe.evidence, lastSuccess?.trust ?? {});
}

function compareSources(
  old: readonly SourceEvidence[],
  now: readonly SourceEvidence[],
  trust: TrustBySource,
): CheckAnswer {
  const moved = sourcesMoved(old, now);
  const names = Object.keys(moved);
  const said = tellTrust(now, trust);
  const inputs = { evidence: now.map(evidenceAsJson), moved: asJson(moved), ...said.inputs };
  if (names.length === 0) return { next: 'go_on', because: `${sameBecause(now)}${said.because}`, inputs };
  return {
    next: 'stop',
    verdict: 'run',
    reason: now.some(({ proof }) => proof === 'lied') ? 'probe_lied' : 'source_changed',
    because: `the content of ${names.map((name) => describe(name, moved[name] as Move)).join(', ')} changed${said.because}`,
    inputs,
  };
}

function isEmpty(record: Readonly<Record<string, unknown>>): boolean {
  for (const _ in record) return false;
  return true;
}

function movesBetween(
  old: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): Record<string, Move> {
  const moved: Record<string, Move> = {};
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    if (old[name] !== now[name]) moved[name] = { old: old[name] ?? null, new: now[name] ?? null };
  }
  return moved;
}

/** Contents are digested only of what has moved. */
function sourcesMoved(old: readonly SourceEvidence[], now: readonly SourceEvidence[]): Record<string, Move> {
  const moved: Record<string, Move> = {};
  for (const before of old) {
    const after = now.find(({ source }) => source === before.source);
    if (after && isSameContent(before, after)) continue;
    moved[before.source] = { old: contentOf(before.parts), new: after ? contentOf(after.parts) : null };
  }
  for (const after of now) {
    if (!old.some(({ source }) => source === after.source)) {
      moved[after.source] = { old: null, new: contentOf(after.parts) };
    }
  }
  return moved;
}

/** One digest, however many pages there are. */
function contentOf(parts: SourceEvidence['parts']): string {
  const [first, ...others] = parts.map(({ digest }) => digest);
  return first !== undefined && others.length === 0 ? first : digestOf(parts.map(({ digest }) => digest));
}

function sameBecause(evidence: readonly SourceEvidence[]): string {
  const resting = evidence.filter(restsOnValidators).length;
  if (resting === evidence.length) return 'its source says that nothing has moved';
  return resting === 0
    ? 'its source has the same content'
    : 'its sources say, or show by their content, that nothing moved';
}

function describe(name: string, { old, new: now }: Move): string {
  return `${name} (${shorten(old)} → ${shorten(now)})`;
}

function shorten(digest: string | null): string {
  return digest === null ? 'none' : digest.slice(0, 12);
}

/** The first pages are shown; all of them are in the evidence that a success records. */
function evidenceAsJson({ source, parts, validator }: SourceEvidence): Json {
  const known = validator === undefined ? {} : { validator };
  const shown = { source, parts: parts.slice(0, shownParts).map((part) => ({ ...part })), ...known };
  return parts.length > shownParts ? { ...shown, pages: parts.length } : shown;
}

function asJson(moved: Readonly<Record<string, Move>>): Json {
  return Object.fromEntries(Object.entries(moved).map(([name, move]) => [name, { ...move }]));
}

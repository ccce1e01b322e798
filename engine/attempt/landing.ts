import { sweepLanding } from '../../components/http/landing-folder.ts';
import { readingOf } from '../decide/audit.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { HttpClient } from '../model/http.ts';
import type { LandedSource, Source } from '../model/source.ts';
import type { AttemptTask, GlanceTask } from '../model/task.ts';
import { checkSources } from './check-sources.ts';
import { makeFolder } from './make-folder.ts';
import { keptBodies } from './sources/kept-bodies.ts';
import type { Asking, Glancing } from './sources/prober.ts';
import { proberOf } from './sources/probers.ts';

/** Lands every declared source of a component, once: what this run's probe has brought is used as it is. */
export async function landSources(
  sources: readonly Source[],
  task: AttemptTask,
  http: HttpClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LandedSource>> {
  checkSources(sources);
  if (sources.some((source) => proberOf(source).lands)) makeFolder(task.folders.landing);
  const landed = await allEnded(sources.map((source) => landOne(source, task, http, signal)));
  return new Map(landed.map((source) => [source.evidence.source, source]));
}

/** Throws what the first one threw, but not before the others have ended: nothing is landed after the attempt is over. */
async function allEnded<Result>(works: readonly Promise<Result>[]): Promise<readonly Result[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/**
 * Keeps the bodies of the last success beside those of this attempt, so that a failed import leaves something to compare
 * with, and no older ones. Only an attempt holds the claim for certain: a plan probes beside a run that has just landed.
 */
export async function sweepLanded(landed: ReadonlyMap<string, LandedSource>, task: AttemptTask): Promise<void> {
  const evidence = [...[...landed.values()].map((source) => source.evidence), ...task.previous, ...task.landed];
  const kept = evidence.flatMap(({ parts }) => parts.flatMap(({ sha256 }) => sha256 ?? []));
  await sweepLanding(task.folders.landing, new Set(kept));
}

/**
 * The evidence of sources that can all be told at once and without a wait; undefined when they cannot, or when one of them
 * has something to complain of: then they are asked in the usual way, which says so.
 */
export function glanceAt(sources: readonly Source[], task: GlanceTask): readonly SourceEvidence[] | undefined {
  checkSources(sources);
  const evidence: SourceEvidence[] = [];
  for (const source of sources) {
    const glanced = proberOf(source).glance?.(source, glancingOf(source, task, task.project));
    if (!glanced) return undefined;
    evidence.push(glanced.evidence);
  }
  return evidence;
}

async function landOne(
  source: Source,
  task: AttemptTask,
  http: HttpClient,
  signal: AbortSignal,
): Promise<LandedSource> {
  const prober = proberOf(source);
  const asking = askingOf(source, task, http, signal);
  const probed = evidenceOf(source, task.landed);
  const brought =
    probed && (prober.reopen ? await prober.reopen(source, probed, asking) : keptBodies(probed, asking.landing));
  return brought ?? prober.ask(source, asking);
}

function askingOf(source: Source, task: AttemptTask, http: HttpClient, signal: AbortSignal): Asking {
  const { folders, network, secrets } = task;
  return { http, signal, network, secrets, landing: folders.landing, ...glancingOf(source, task, folders.project) };
}

type Reread = Pick<AttemptTask, 'component' | 'previous' | 'conditional' | 'audits'>;

function glancingOf(
  source: Source,
  { component, previous: all, conditional, audits }: Reread,
  project: string,
): Glancing {
  const previous = evidenceOf(source, all);
  return {
    project,
    reading: conditional ? readingOf(source, component, audits) : 'content',
    ...(previous ? { previous } : {}),
  };
}

function evidenceOf({ id }: Source, evidence: readonly SourceEvidence[]): SourceEvidence | undefined {
  return evidence.find(({ source }) => source === id);
}

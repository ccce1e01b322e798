import { mkdirSync } from 'node:fs';
import { sweepLanding } from '../../components/http/landing-folder.ts';
import { readingOf } from '../decide/audit.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { HttpClient } from '../model/http.ts';
import type { LandedSource, Source } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import { checkSources } from './check-sources.ts';
import { keptBodies } from './sources/kept-bodies.ts';
import type { Asking } from './sources/prober.ts';
import { proberOf } from './sources/probers.ts';

/** Lands every declared source of a component, once: what this run's probe has brought is used as it is. */
export async function landSources(
  sources: readonly Source[],
  task: AttemptTask,
  http: HttpClient,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LandedSource>> {
  checkSources(sources);
  if (sources.some((source) => proberOf(source).lands)) mkdirSync(task.folders.landing, { recursive: true });
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
  const { folders, network, secrets, conditional, audits } = task;
  const previous = evidenceOf(source, task.previous);
  return {
    http,
    signal,
    network,
    secrets,
    landing: folders.landing,
    project: folders.project,
    reading: conditional ? readingOf(source, task.component, audits) : 'content',
    ...(previous ? { previous } : {}),
  };
}

function evidenceOf({ id }: Source, evidence: readonly SourceEvidence[]): SourceEvidence | undefined {
  return evidence.find(({ source }) => source === id);
}

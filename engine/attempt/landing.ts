import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { landSource } from '../../components/http/land.ts';
import { sweepLanding } from '../../components/http/landing-folder.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { HttpClient, LandedBody } from '../model/http.ts';
import type { LandedSource, Source } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import { checkSources } from './check-sources.ts';

/**
 * Lands every declared source of a component, once: what this run's probe has brought is used as it is. Keeps the bodies
 * of the last success beside them, so that a failed import leaves something to compare with, and no older ones.
 */
export async function landSources(
  sources: readonly Source[],
  task: AttemptTask,
  http: HttpClient,
): Promise<ReadonlyMap<string, LandedSource>> {
  checkSources(sources);
  if (sources.length > 0) mkdirSync(task.folders.landing, { recursive: true });
  const landed = await Promise.all(sources.map((source) => landOne(source, task, http)));
  if (sources.length > 0) await sweepLanding(task.folders.landing, keptNames(landed, task));
  return new Map(landed.map((source) => [source.evidence.source, source]));
}

function keptNames(landed: readonly LandedSource[], task: AttemptTask): ReadonlySet<string> {
  const evidence = [...landed.map((source) => source.evidence), ...task.previous, ...task.landed];
  return new Set(evidence.flatMap(({ parts }) => parts.map(({ sha256 }) => sha256)));
}

async function landOne(source: Source, task: AttemptTask, http: HttpClient): Promise<LandedSource> {
  const { landing: directory } = task.folders;
  const probed = task.landed.find((evidence) => evidence.source === source.id);
  const kept = probed && keptBodies(probed, directory);
  if (probed && kept) return { evidence: probed, parts: kept };
  const previous = task.previous.find((evidence) => evidence.source === source.id);
  return landSource(source, { http, directory, conditional: task.conditional, ...(previous ? { previous } : {}) });
}

/** Undefined when a body is gone or has another size: the disk was cleaned between probe and attempt. */
function keptBodies(evidence: SourceEvidence, directory: string): readonly LandedBody[] | undefined {
  const bodies = evidence.parts.map(({ sha256, bytes }) => ({ path: join(directory, sha256), sha256, bytes }));
  return bodies.every(isPresent) ? bodies : undefined;
}

function isPresent({ path, bytes }: LandedBody): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === bytes;
}

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { State } from '../../../state/open-state.ts';

export interface ArtifactRequest {
  readonly environment: string;
  readonly home: string;
  readonly storageRoot: string;
  readonly before: Date;
  /** Only count. */
  readonly dryRun: boolean;
}

export interface RemovedArtifacts {
  /** Runs whose logs went. */
  readonly logs: number;
  /** Files of quarantined records. */
  readonly quarantined: number;
}

const runId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const askedAtOnce = 1_000;

/** What attempts have left for people to look at, and nobody has for so long. */
export async function removeArtifacts(request: ArtifactRequest, state: State): Promise<RemovedArtifacts> {
  const logs = await oldLogs(request, state);
  const quarantined = await oldQuarantine(request);
  if (!request.dryRun) for (const path of [...logs, ...quarantined]) await rm(path, { recursive: true, force: true });
  return { logs: logs.length, quarantined: quarantined.length };
}

/** Environments share the folder of logs, so the runs say whose they are; of those that are forgotten, their age. */
async function oldLogs({ home, environment, before }: ArtifactRequest, state: State): Promise<readonly string[]> {
  const folder = join(home, 'logs', 'runs');
  const names = (await namesIn(folder)).filter((name) => runId.test(name));
  const old: string[] = [];
  for (let from = 0; from < names.length; from += askedAtOnce) {
    const asked = names.slice(from, from + askedAtOnce);
    const known = await runsNamed(state, asked);
    for (const name of asked) {
      const run = known.get(name);
      const isOld = run ? run.environment === environment && isBefore(run.finished_at, before) : undefined;
      if (isOld ?? (await wasWrittenBefore(join(folder, name), before))) old.push(join(folder, name));
    }
  }
  return old;
}

async function runsNamed({ database }: State, ids: readonly string[]) {
  const query = database.selectFrom('run').select(['id', 'environment', 'finished_at']).where('id', 'in', ids);
  return new Map((await query.execute()).map((row) => [row.id, row]));
}

function isBefore(instant: Date | null, before: Date): boolean {
  return instant !== null && instant < before;
}

/** `quarantine/<dag>/<component>/<file>`. */
async function oldQuarantine({ storageRoot, before }: ArtifactRequest): Promise<readonly string[]> {
  const old: string[] = [];
  const folder = join(storageRoot, 'quarantine');
  for (const dag of await namesIn(folder)) {
    for (const component of await namesIn(join(folder, dag))) {
      for (const name of await namesIn(join(folder, dag, component))) {
        const path = join(folder, dag, component, name);
        if (await wasWrittenBefore(path, before)) old.push(path);
      }
    }
  }
  return old;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => []);
}

async function wasWrittenBefore(path: string, before: Date): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats !== undefined && stats.mtime < before;
}

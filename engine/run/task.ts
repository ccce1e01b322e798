import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Component } from '../model/component.ts';
import type { AttemptFolders, AttemptTask, GlanceTask } from '../model/task.ts';
import type { RunState } from './run-state.ts';
import type { Work } from './work.ts';

/** Verdicts under which the body that is kept must not stand in for a fresh one. */
const unconditionalReasons: ReadonlySet<string> = new Set(['forced', 'backfill', 'output_missing', 'first_run']);

/** What sources are asked with that answer at once. */
export function createGlanceTask(work: Work, state: RunState): GlanceTask {
  return { project: state.ports.projectRoot, ...askedWith(work, state) };
}

function askedWith({ component, origin, upstreams, decision }: Work, { ports, request, lastSuccesses }: RunState) {
  const last = lastSuccesses.get(component.id);
  return {
    component: component.id,
    inputs: upstreams.inputs,
    params: component.params,
    secrets: ports.secretsOf(component),
    baseUrl: origin.baseUrl,
    previous: last?.evidence ?? [],
    conditional: !unconditionalReasons.has(decision.reason),
    audits: { every: request.settings.auditEvery, skips: last?.skips ?? 0, trust: last?.trust ?? {} },
  };
}

/** Everything the attempt is told. Folders carry the fence, so that what a crash leaves can be swept by it. */
export function createTask(work: Work, attempt: number, state: RunState): AttemptTask {
  const { component, origin, upstreams } = work;
  return {
    attemptId: state.ports.newId(),
    attempt,
    degraded: upstreams.degraded,
    network: origin.network,
    folders: foldersOf(work, attempt, state),
    landed: work.landed,
    limits: state.request.settings.limits,
    ...askedWith(work, state),
    ...instantsOf(component, state),
  };
}

/** Put together as text: `join` would look at every part again, for every attempt. */
function instantsOf(component: Component, { info, ports }: RunState): Pick<AttemptTask, 'run' | 'interval'> {
  const { asOf, slot, ...run } = info;
  const { start, end } = ports.schedules.intervalOf(component, asOf);
  return {
    run: { asOf: asOf.toISOString(), ...run, ...(slot && { slot: slot.toISOString() }) },
    interval: { start: start.toISOString(), end: end.toISOString() },
  };
}

/** The names are as `attemptFolderName` has them. */
function foldersOf({ component }: Work, attempt: number, { ports, info, fences }: RunState): AttemptFolders {
  const root = ports.storageRoot;
  const own = `${info.dag}${sep}${component.id}`;
  const name = `${info.dag}.${component.id}.${fences.get(component.id) ?? 0}.${attempt}`;
  return {
    landing: `${root}${sep}landing${sep}${own}`,
    staging: `${root}${sep}curated${sep}.staging${sep}${name}`,
    scratch: `${root}${sep}scratch${sep}${name}`,
    quarantine: `${root}${sep}quarantine${sep}${own}`,
    project: ports.projectRoot,
  };
}

/** Nothing of it will be published, and a child that was killed has not cleaned up. What resists is swept by the next run. */
export async function removeFolders({ staging, scratch }: AttemptFolders): Promise<void> {
  const left = [staging, scratch].filter((folder) => existsSync(folder));
  await Promise.allSettled(
    left.map(async (folder) => {
      if (folder === staging && (await hasOtherNames(folder))) return;
      await rm(folder, { recursive: true, force: true });
    }),
  );
}

/** A name that a file was given in vain and that could not be taken back: the sweep finds it by what is staged. */
async function hasOtherNames(staging: string): Promise<boolean> {
  const stats = await Promise.all((await readdir(staging)).map((file) => stat(`${staging}${sep}${file}`)));
  return stats.some((found) => found.isFile() && found.nlink > 1);
}

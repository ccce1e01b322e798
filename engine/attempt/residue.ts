import diagnostics from 'node:diagnostics_channel';
import type { Residue } from '../model/messages.ts';
import { ownProcessFile } from './own-process-file.ts';

/** What Node itself keeps open in a child between two tasks, and writes that are done but not yet forgotten. */
const ours: ReadonlySet<string> = new Set([
  'PipeWrap',
  'MessagePort',
  'Immediate',
  'TTYWrap',
  'Pipe',
  'CloseReq',
  'SimpleWriteWrap',
  'WriteWrap',
]);

let spawned = 0;
diagnostics.subscribe('child_process', () => {
  spawned += 1;
});

/**
 * Notes what is open now; the returned function says what has been added since it was last asked, so that what a task does
 * after its end counts for the next one.
 */
export function watchResidue(): () => Residue {
  let before = look();
  return () => {
    const now = look();
    const residue = {
      handles: added(before.handles, now.handles),
      spawned: now.spawned - before.spawned + (now.reaped === before.reaped ? 0 : 1),
      rssBytes: rssBytes(),
    };
    before = now;
    return residue;
  };
}

/** Without a file to open it cannot be told: then it is taken for too much. */
export function rssBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return Number.MAX_SAFE_INTEGER;
  }
}

function look() {
  return { handles: countHandles(), spawned, reaped: reapedFaults() };
}

const readStat = ownProcessFile('stat');

/**
 * proc(5): page faults of children that were waited for (cminflt). Only these tell of `execSync`, which goes past the
 * diagnostics channel and whose program may have left another one behind.
 */
function reapedFaults(): string | undefined {
  const stat = readStat();
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[8];
}

function countHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!ours.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function added(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind);
}

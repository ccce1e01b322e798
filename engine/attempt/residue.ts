import diagnostics from 'node:diagnostics_channel';
import type { Residue } from '../model/messages.ts';

/** What Node itself keeps open in a child between two tasks. */
const ours: ReadonlySet<string> = new Set(['PipeWrap', 'MessagePort', 'Immediate', 'TTYWrap', 'Pipe', 'CloseReq']);

let spawned = 0;
diagnostics.subscribe('child_process', () => {
  spawned += 1;
});

/** Notes what is open now; the returned function says what has been added since. */
export function watchResidue(): () => Residue {
  const before = countHandles();
  const spawnedBefore = spawned;
  return () => ({
    handles: added(before, countHandles()),
    spawned: spawned - spawnedBefore,
    rssBytes: process.memoryUsage.rss(),
  });
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

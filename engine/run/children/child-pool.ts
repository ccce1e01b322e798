import type { Clock } from '../../model/ports.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';
import { killChild } from './ladder.ts';
import { livingBearers } from './process-table.ts';

const servedMax = 100;
/** Of the DAG's components: loading a DAG takes as long as it is large, and must not be most of what a child does. */
const servedMaxShare = 1 / 10;
const rssBytesMax = 512 * 1_024 * 1_024;
const farewellMs = 1_000;

export interface ChildPoolOptions extends ChildOptions {
  /** The compiled DAG: each child loads this one file as soon as it is up. */
  readonly bundle: string;
  /** Blank children kept ready, so that an attempt need not wait for a fork. */
  readonly spare: number;
  /** How many components may need one: more children than that are of no use. */
  readonly most: number;
  readonly clock: Clock;
}

/**
 * Children of one DAG, at work and at rest. A blank child may take any task; once it has served one it serves only the same
 * key (environment, set of secrets), so that nothing of one source is ever in the memory of another.
 */
export interface ChildPool {
  take(key: string): Child;
  giveBack(child: Child, key: string): Promise<void>;
  /** Every child, at work or at rest, is dead when this resolves. */
  close(): Promise<void>;
}

export function createChildPool({ bundle, spare, most, clock, ...options }: ChildPoolOptions): ChildPool {
  const blank: Child[] = [];
  const resting = new Map<string, Child[]>();
  const all = new Set<Child>();
  const servedLimit = Math.max(servedMax, most * servedMaxShare);
  let isClosed = false;

  const start = (): Child => {
    const child = startChild(options);
    child.send({ type: 'prepare', bundle });
    all.add(child);
    void forgetWhenGone(child, all);
    return child;
  };
  const fill = () => {
    for (let missing = Math.min(spare - blank.length, most - all.size); missing > 0; missing -= 1) blank.push(start());
  };
  fill();

  return {
    take(key) {
      if (isClosed) throw new Error('Internal error: a child was asked for after the pool was closed');
      const child = nextClean(resting.get(key)) ?? nextClean(blank) ?? start();
      fill();
      return child;
    },
    async giveBack(child, key) {
      if (isClosed || !isReusable(child)) {
        await killChild(child, clock);
      } else if (child.served >= servedLimit) {
        // It has left nothing behind, so nobody waits for its end; closing makes sure of it.
        letGo(child, clock).catch(() => {});
      } else {
        const rested = resting.get(key) ?? [];
        resting.set(key, rested);
        rested.push(child);
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([...all].map((child) => letGo(child, clock)));
    },
  };
}

async function forgetWhenGone(child: Child, all: Set<Child>): Promise<void> {
  await child.exited;
  child.isClean = false;
  all.delete(child);
}

/** It ends by itself, or is ended. */
async function letGo(child: Child, clock: Clock): Promise<void> {
  child.isClean = false;
  child.dismiss();
  const timer = new AbortController();
  await Promise.race([child.exited, clock.sleep(farewellMs, timer.signal)]);
  timer.abort('over');
  await killChild(child, clock);
}

function nextClean(children: Child[] | undefined): Child | undefined {
  for (let child = children?.pop(); child; child = children?.pop()) if (child.isClean) return child;
  return undefined;
}

function isReusable(child: Child): boolean {
  const { residue } = child;
  if (!child.isClean || !residue) return false;
  return residue.handles.length === 0 && residue.rssBytes < rssBytesMax && !hasLeftovers(child);
}

/** /proc is read only after a task that started a process: most never do. */
function hasLeftovers(child: Child): boolean {
  if ((child.residue?.spawned ?? 0) === 0) return false;
  try {
    return livingBearers(child.token).some((pid) => pid !== child.pid);
  } catch {
    return true;
  }
}

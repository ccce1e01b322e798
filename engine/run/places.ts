import PQueue from 'p-queue';
import type { Component, Group } from '../model/component.ts';

/** Named concurrency. p-queue only counts here: its `timeout` would free a place while the work goes on. */
export interface Places {
  /**
   * Waits for a place of the component's group and of the run, then works. The places are free when the work has ended,
   * unless it says that it left a process behind: then they stay taken until the run is stopped or over.
   */
  hold<Result>(component: Component, priority: number, work: () => Promise<Held<Result>>): Promise<Result>;
  /** At most a few probes at once, and one per host; they take no place of a pool. */
  probe<Result>(host: string, work: () => Promise<Result>): Promise<Result>;
}

export interface Held<Result> {
  readonly result: Result;
  readonly isStuck: boolean;
}

export interface PlacesOptions {
  readonly concurrency: number;
  readonly groups: Readonly<Record<string, Group>>;
  readonly probeConcurrency: number;
  /** Resolves when the run is stopped or over: those who still wait are then let in, to find that out. */
  readonly startsNothingMore: Promise<void>;
}

export function createPlaces({ concurrency, groups, probeConcurrency, startsNothingMore }: PlacesOptions): Places {
  const run = new PQueue({ concurrency });
  const probes = new PQueue({ concurrency: probeConcurrency });
  const groupQueues = new Map(
    Object.entries(groups).flatMap(([name, { concurrency: size }]) =>
      size === undefined ? [] : [[name, new PQueue({ concurrency: size })] as const],
    ),
  );
  const hosts = new Map<string, PQueue>();

  return {
    hold(component, priority, work) {
      const group = component.group === undefined ? undefined : groupQueues.get(component.group);
      return new Promise((resolve, reject) => {
        const holding = async () => {
          const { result, isStuck } = await work();
          resolve(result);
          if (isStuck) await startsNothingMore;
        };
        const inRun = () => run.add(holding, { priority });
        const queued = group ? group.add(inRun, { priority }) : inRun();
        queued.catch(reject);
      });
    },
    probe(host, work) {
      let queue = hosts.get(host);
      if (!queue) {
        queue = new PQueue({ concurrency: 1 });
        hosts.set(host, queue);
      }
      return queue.add(() => probes.add(work));
    },
  };
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedDag, loadDag } from '../../engine/load/load-dag.ts';
import type { ProbeResult } from '../../engine/model/evidence.ts';
import type { Outcome } from '../../engine/model/outcome.ts';
import type { Clock } from '../../engine/model/ports.ts';
import type { AttemptControl, AttemptTask, LogLine, Workshop } from '../../engine/model/task.ts';
import { type ChildPool, createChildPool } from '../../engine/run/children/child-pool.ts';
import { createChildWorkshop } from '../../engine/run/children/child-workshop.ts';
import { buildEngine, builtEngineEntry } from './engine.ts';
import { gatedMs } from './run-clock.ts';

/** A DAG file, bundled against the compiled engine as the loader does it. */
export async function bundleOf(file: string, cacheDirectory: string): Promise<LoadedDag> {
  return loadDag({ file, cacheDirectory, engineEntry: await builtEngineEntry() });
}

export interface ChildRigOptions {
  readonly file: string;
  readonly clock: Clock;
  readonly spare?: number;
  /** Default as many as the file has components. */
  readonly most?: number;
  /** Where the bundle is kept; default the rig's own folder. A file with many rigs shares one. */
  readonly cacheDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly keyOf?: (component: string) => string;
}

/** An attempt under way in a real child. */
export interface LiveAttempt {
  readonly pid: number;
  readonly logs: readonly LogLine[];
  /** Resolves when `attempt()` does; the child is not given back then. */
  readonly outcome: Promise<Outcome>;
  /** Gives the child back after the outcome. */
  finish(): Promise<Outcome>;
  /** The first line that matches, said already or still to come. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  stop(cause: 'interrupted' | 'cancelled' | 'run_timeout'): void;
}

export interface ChildRig {
  readonly pool: ChildPool;
  readonly workshop: Workshop;
  readonly folder: string;
  start(component: string, options?: Partial<AttemptTask> & Partial<AttemptControl>): Promise<LiveAttempt>;
  /** An attempt from open to release. */
  attempt(component: string, options?: Partial<AttemptTask> & Partial<AttemptControl>): Promise<Finished>;
  probe(component: string, options?: Partial<AttemptTask>): Promise<ProbeResult>;
  close(): Promise<void>;
}

export interface Finished {
  readonly pid: number;
  readonly outcome: Outcome;
  readonly logs: readonly LogLine[];
}

/** Real children of the compiled engine on one DAG file; no state and no run around them. */
export async function rigChildren({ file, clock, ...options }: ChildRigOptions): Promise<ChildRig> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-children-')));
  const { bundle, dag } = await bundleOf(file, options.cacheDirectory ?? join(folder, 'cache'));
  const environment = { PATH: process.env.PATH ?? '', ...options.environment };
  const entry = join(await buildEngine(), 'child.js');
  const pool = createChildPool({
    entry,
    bundle,
    most: options.most ?? dag.components.length,
    environment,
    spare: options.spare ?? 0,
    clock,
  });
  const workshop = createChildWorkshop({ pool, keyOf: options.keyOf ?? (() => 'one'), clock });
  const taskOf = (component: string, changes: Partial<AttemptTask>) => ({
    ...blankTask(dag.id, component, join(folder, component)),
    ...changes,
  });
  const start: ChildRig['start'] = async (component, changes = {}) => {
    const place = await workshop.open(component);
    const logs: LogLine[] = [];
    const lookers = new Set<() => void>();
    const stopping = new AbortController();
    const control = {
      timeoutMs: gatedMs,
      graceMs: 50,
      signal: stopping.signal,
      onProgress: () => {},
      onLog: (line: LogLine) => {
        logs.push(line);
        for (const look of lookers) look();
      },
      ...changes,
    };
    const outcome = place.attempt(taskOf(component, changes), control);
    return {
      pid: place.pid ?? 0,
      logs,
      outcome,
      finish: async () => {
        await outcome;
        await place.release();
        return outcome;
      },
      stop: (cause) => stopping.abort(cause),
      line: (pattern) => lineOf(pattern, logs, lookers, outcome),
    };
  };
  return {
    pool,
    workshop,
    folder,
    start,
    attempt: async (component, changes) => {
      const live = await start(component, changes);
      return { pid: live.pid, logs: live.logs, outcome: await live.finish() };
    },
    probe: async (component, changes = {}) => {
      const place = await workshop.open(component);
      const signal = new AbortController().signal;
      const control = { timeoutMs: gatedMs, graceMs: 50, signal, onProgress: () => {}, onLog: () => {} };
      const result = await place.probe(taskOf(component, changes), control);
      await place.release();
      return result;
    },
    close: async () => {
      await workshop.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function lineOf(
  pattern: RegExp,
  logs: readonly LogLine[],
  lookers: Set<() => void>,
  outcome: Promise<Outcome>,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      for (const { message } of logs) {
        const match = pattern.exec(message);
        if (match) return resolve(match);
      }
    };
    lookers.add(look);
    look();
    const refuse = (ended: Outcome) => {
      const said = logs.map(({ message }) => message).join('\n');
      reject(new Error(`expected a line that matches ${pattern}, got ${JSON.stringify(ended)} and\n${said}`));
    };
    outcome.then(refuse, reject);
  });
}

export function blankTask(dag: string, component: string, folder: string): AttemptTask {
  const asOf = new Date().toISOString();
  return {
    component,
    run: { id: randomUUID(), dag, environment: 'sandbox', trigger: 'manual', forced: false, asOf },
    interval: { start: asOf, end: asOf },
    attemptId: randomUUID(),
    attempt: 1,
    degraded: false,
    inputs: {},
    params: {},
    secrets: {},
    baseUrl: '',
    network: { kind: 'only', host: '127.0.0.1', port: 1 },
    folders: {
      landing: join(folder, 'landing'),
      staging: join(folder, 'staging'),
      scratch: join(folder, 'scratch'),
      quarantine: join(folder, 'quarantine'),
      project: folder,
    },
    previous: [],
    landed: [],
    conditional: true,
    audits: { every: 0, skips: 0, trust: {} },
    limits: { sqlMemoryMb: 128, sqlThreads: 1 },
  };
}

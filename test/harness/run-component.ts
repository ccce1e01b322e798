import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { perform, probe } from '../../engine/attempt/perform.ts';
import type { Performance } from '../../engine/attempt/resources.ts';
import type { Dag } from '../../engine/model/component.ts';
import type { Progress } from '../../engine/model/context.ts';
import type { ProbeResult, SourceEvidence } from '../../engine/model/evidence.ts';
import type { Json } from '../../engine/model/json.ts';
import type { Outcome } from '../../engine/model/outcome.ts';
import type { AttemptTask, LogLine, NetworkRule } from '../../engine/model/task.ts';

export interface RunComponentOptions {
  /** `http://127.0.0.1:port/<part>`: the only host the component may call. */
  readonly baseUrl?: string;
  /** Stored outputs of the upstreams, by the names in `dependsOn`. */
  readonly inputs?: Readonly<Record<string, Json>>;
  readonly secrets?: Readonly<Record<string, string>>;
  /** Evidence of an earlier attempt in the same folder, for conditional requests. */
  readonly previous?: readonly SourceEvidence[];
  /** Folder of landing, staging and quarantine; default a new one. */
  readonly folder?: string;
  readonly signal?: AbortSignal;
  /** Default: the host and port of `baseUrl`, and nothing else. */
  readonly network?: NetworkRule;
}

export interface ComponentRig {
  readonly folder: string;
  /** Where staged Parquet files lie after a success. */
  readonly staging: string;
  readonly quarantine: string;
  readonly logs: readonly LogLine[];
  readonly progress: readonly Progress[];
  attempt(): Promise<Outcome>;
  probe(): Promise<ProbeResult>;
}

/** One component of a DAG in this process, with the real context: http client, DuckDB, folders. No database, no run. */
export function rigComponent(dag: Dag, component: string, options: RunComponentOptions = {}): ComponentRig {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'signalbox-component-'));
  const logs: LogLine[] = [];
  const progress: Progress[] = [];
  const task = taskOf(dag, component, folder, options);
  const performance: Performance = {
    dag,
    task,
    channel: { log: (line) => logs.push(line), progress: (step) => progress.push(step) },
    signal: options.signal ?? new AbortController().signal,
    ownsProcess: false,
  };
  return {
    folder,
    staging: task.folders.staging,
    quarantine: task.folders.quarantine,
    logs,
    progress,
    attempt: () => perform(performance),
    probe: () => probe(performance),
  };
}

function taskOf(dag: Dag, component: string, folder: string, options: RunComponentOptions): AttemptTask {
  const asOf = new Date().toISOString();
  const { baseUrl = '', inputs = {}, secrets = {}, previous = [] } = options;
  const found = dag.components.find(({ id }) => id === component);
  if (!found) throw new Error(`the DAG has no component ${component}`);
  const { hostname, port } = new URL(baseUrl === '' ? 'http://127.0.0.1:1' : baseUrl);
  return {
    component,
    run: { id: randomUUID(), dag: dag.id, environment: 'sandbox', trigger: 'manual', forced: false, asOf },
    interval: { start: asOf, end: asOf },
    attemptId: randomUUID(),
    attempt: 1,
    degraded: false,
    inputs,
    params: found.params,
    secrets,
    baseUrl,
    network: options.network ?? { kind: 'only', host: hostname, port: Number(port) },
    folders: {
      landing: join(folder, 'landing'),
      staging: join(folder, 'staging'),
      scratch: join(folder, 'scratch'),
      quarantine: join(folder, 'quarantine'),
      project: folder,
    },
    previous,
    landed: [],
    conditional: true,
    audits: { every: 0, skips: 0, trust: {} },
    limits: { sqlMemoryMb: 256, sqlThreads: 2 },
  };
}

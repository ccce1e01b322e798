import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { OpenHttpClient } from '../../components/http/client.ts';
import type { Component, Dag } from '../model/component.ts';
import { componentsById } from '../model/component-index.ts';
import type { Sql } from '../model/context.ts';
import type { StagedDataset } from '../model/dataset.ts';
import type { LandedSource } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import type { Channel } from './channel.ts';
import { parseInputs } from './inputs.ts';
import { createLazyHttp } from './lazy-http.ts';
import type { Meter } from './meter.ts';

/** Where a task is performed, and how it is heard. */
export interface Performance {
  readonly dag: Dag;
  readonly task: AttemptTask;
  readonly channel: Channel;
  readonly signal: AbortSignal;
  /** True in a child: CPU and memory are the attempt's own. */
  readonly ownsProcess: boolean;
}

/** What a probe or an attempt opens on its way, and must leave closed behind it. */
export interface Resources {
  readonly component: Component;
  readonly http: OpenHttpClient;
  /** Reads the upstreams' outputs and lands the declared sources. */
  prepare(): Promise<Prepared>;
  /** Makes the attempt's scratch or staging folder, and returns it. */
  makeFolder(kind: keyof OwnFolders): string;
  openSql(onStaged: (dataset: StagedDataset) => void): Promise<Sql>;
  /** Removes what it made and nobody else needs: what was staged is the parent's. */
  close(): Promise<void>;
}

export interface Prepared {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly landed: ReadonlyMap<string, LandedSource>;
}

export function openResources(performance: Performance, meter: Meter): Resources {
  const { dag, task, signal } = performance;
  const component = componentOf(dag, task);
  const http = createLazyHttp(task.network, signal, meter);
  let sql: (Sql & { close(): void }) | undefined;
  let isStaged = false;
  const made = new Set<string>();
  const makeFolder = (kind: keyof OwnFolders) => {
    const folder = task.folders[kind];
    mkdirSync(folder, { recursive: true });
    made.add(folder);
    return folder;
  };
  return {
    component,
    http,
    async prepare() {
      const inputs = parseInputs(component, dag, task);
      return { inputs, landed: await landDeclared(component, inputs, task, http) };
    },
    makeFolder,
    async openSql(onStaged) {
      const folders = { staging: makeFolder('staging'), scratch: makeFolder('scratch') };
      sql = await openSqlFor(task, folders, signal, (dataset) => {
        isStaged = true;
        onStaged(dataset);
      });
      return sql;
    },
    async close() {
      sql?.close();
      await http.close();
      if (isStaged) made.delete(task.folders.staging);
      for (const folder of made) await rm(folder, { recursive: true, force: true });
    },
  };
}

function componentOf(dag: Dag, task: AttemptTask): Component {
  const component = componentsById(dag).get(task.component);
  if (!component) throw new Error(`Internal error: the bundle of ${dag.id} has no component ${task.component}`);
  return component;
}

async function landDeclared(
  component: Component,
  inputs: Readonly<Record<string, unknown>>,
  task: AttemptTask,
  http: OpenHttpClient,
): Promise<ReadonlyMap<string, LandedSource>> {
  if (!component.sources) return new Map();
  const { params, baseUrl, secrets } = task;
  const { landSources } = await import('./landing.ts');
  return landSources(component.sources({ params, inputs, baseUrl, secrets }), task, http);
}

type OwnFolders = Pick<AttemptTask['folders'], 'staging' | 'scratch'>;

/** DuckDB reaches what the attempt has landed and its own folders; no other file of this machine. */
async function openSqlFor(
  task: AttemptTask,
  { staging, scratch }: OwnFolders,
  signal: AbortSignal,
  onStaged: (dataset: StagedDataset) => void,
) {
  const { openSql } = await import('./sql/open-sql.ts');
  const { sqlMemoryMb: memoryLimitMb, sqlThreads: threads } = task.limits;
  const folders = [task.folders.landing];
  return openSql({ staging, tempDirectory: scratch, folders, memoryLimitMb, threads, signal, onStaged });
}

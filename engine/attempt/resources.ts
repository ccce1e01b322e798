import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
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
import { makeFolder } from './make-folder.ts';
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
  readonly makeFolder: (kind: keyof OwnFolders) => string;
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
  const quota = component.quota && performance.channel.quota;
  const { network, secrets } = task;
  const http = createLazyHttp({ network, secrets, signal, meter, ...(quota ? { quota } : {}) });
  let sql: (Sql & { close(): void }) | undefined;
  let isStaged = false;
  let landed: Prepared['landed'] = new Map();
  const made = new Set<string>();
  const makeOwn = (kind: keyof OwnFolders) => {
    const folder = task.folders[kind];
    makeFolder(folder);
    made.add(folder);
    return folder;
  };
  return {
    component,
    http,
    async prepare() {
      const inputs = parseInputs(component, dag, task);
      landed = await landDeclared(component, inputs, task, http, signal);
      return { inputs, landed };
    },
    makeFolder: makeOwn,
    async openSql(onStaged) {
      const folders = { staging: makeOwn('staging'), scratch: makeOwn('scratch') };
      const files = filesOutside(task.folders.landing, landed);
      sql = await openSqlFor(task, { ...folders, files }, signal, (dataset) => {
        isStaged = true;
        onStaged(dataset);
      });
      return sql;
    },
    async close() {
      sql?.close();
      await http.close();
      if (isStaged) made.delete(task.folders.staging);
      // What resists is the parent's to remove: it does so with whatever a child leaves.
      for (const folder of made) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
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
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LandedSource>> {
  if (!component.sources) return new Map();
  const { params, baseUrl, secrets } = task;
  const { landSources } = await import('./landing.ts');
  return landSources(component.sources({ params, inputs, baseUrl, secrets }), task, http, signal);
}

/** Of sources that are files themselves: these are read where they lie. */
function filesOutside(folder: string, landed: Prepared['landed']): readonly string[] {
  const paths = [...landed.values()].flatMap(({ parts }) => parts.map(({ path }) => path));
  return paths.filter((path) => dirname(path) !== folder);
}

type OwnFolders = Pick<AttemptTask['folders'], 'staging' | 'scratch'>;

/** DuckDB reaches what the attempt has landed and its own folders; no other file of this machine. */
async function openSqlFor(
  task: AttemptTask,
  { staging, scratch, files }: OwnFolders & { readonly files: readonly string[] },
  signal: AbortSignal,
  onStaged: (dataset: StagedDataset) => void,
) {
  const { openSql } = await import('./sql/open-sql.ts');
  const { sqlMemoryMb: memoryLimitMb, sqlThreads: threads } = task.limits;
  const folders = [task.folders.landing];
  return openSql({ staging, tempDirectory: scratch, folders, files, memoryLimitMb, threads, signal, onStaged });
}

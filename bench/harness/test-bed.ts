import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { type Config, loadConfig } from '../../config/load.ts';
import { describeDag } from '../../engine/api/describe-dag.ts';
import { createInlineWorkshop } from '../../engine/attempt/inline.ts';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { type HeldOwner, holdOwner } from '../../engine/embed/owner.ts';
import { runQuotas } from '../../engine/embed/quotas.ts';
import { runSettingsOf } from '../../engine/embed/run-settings.ts';
import { schedulesOf } from '../../engine/embed/schedules.ts';
import { loadDag } from '../../engine/load/load-dag.ts';
import type { Dag } from '../../engine/model/component.ts';
import type { RunSummary } from '../../engine/model/summary.ts';
import type { Workshop } from '../../engine/model/task.ts';
import { createChildPool } from '../../engine/run/children/child-pool.ts';
import { createChildWorkshop } from '../../engine/run/children/child-workshop.ts';
import type { RunRequest } from '../../engine/run/ports.ts';
import { runDag } from '../../engine/run/run-dag.ts';
import { embeddedLayout } from '../../state/embedded/layout.ts';
import { connectionTo } from '../../state/embedded/lock-connection.ts';
import { readPostmasterFile } from '../../state/embedded/postmaster-file.ts';
import { newId } from '../../state/new-id.ts';
import { openState } from '../../state/open-state.ts';
import { engineFolder, workFolder } from './arguments.ts';

const environment = 'dev';

/** The engine's parts as `createEngine` puts them together, with children that outlive a run: those are the warm ones. */
export interface TestBed {
  /** Plain connection to the same server, for the bare writer and for counting. */
  connect(): Promise<Client>;
  /** What the server says of its own care. */
  server(): Promise<Readonly<Record<string, unknown>>>;
  /** What is known of a DAG before it runs: not part of what is timed. */
  ready(dag: Dag): RunRequest;
  run(request: RunRequest, options?: RunBenchOptions): Promise<RunSummary>;
  /** Loads the DAG file in this process, and lends children that do so too. */
  loadWithChildren(text: string, children: number): Promise<{ readonly dag: Dag; readonly workshop: Workshop }>;
  close(): Promise<void>;
}

export interface RunBenchOptions {
  /** Default true: otherwise a component with a past is unchanged. */
  readonly forced?: boolean;
  /** Of a DAG file; left out, everything is inline. */
  readonly workshop?: Workshop;
}

/** A database of its own, made for this benchmark on a disk. */
export async function openTestBed(): Promise<TestBed> {
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(join(workFolder, 'package.json'), '{"type":"module"}');
  const config = loadConfig({
    environment,
    directory: workFolder,
    home: join(workFolder, 'home'),
    processEnvironment: {},
  });
  const state = await openState({ home: config.home });
  const owner: HeldOwner = await holdOwner(state.owners);
  const workshops: Workshop[] = [];
  await state.sql('alter table signalbox.attempt add column begun_xid xid8 default pg_current_xact_id()');
  const connect = async () => {
    const { socketDir = '' } = readPostmasterFile(embeddedLayout(config.home)) ?? {};
    const client = new Client({ ...connectionTo(socketDir), database: 'signalbox', ...writerSettings });
    await client.connect();
    return client;
  };
  return {
    connect,
    server: () => describeServer(connect),
    ready: (dag) => requestOf(dag, config),
    run: async (request, { forced = true, workshop } = {}) => {
      const inline = createInlineWorkshop(request.dag);
      return runDag(
        { ...request, forced },
        {
          clock: systemClock,
          newId,
          random: Math.random,
          owner: owner.owner,
          runs: state.runs,
          adoption: state.adoption,
          memory: state.memory,
          schedules: await schedulesOf(request.dag),
          quotas: runQuotas(state.quotas, () => undefined, true),
          workshops: { inline, process: workshop ?? inline },
          storageRoot: config.storageRoot,
          projectRoot: config.projectDirectory,
          emit: () => {},
          originOf: () => ({ baseUrl: '', network: { kind: 'public', allowHosts: [] } }),
          secretsOf: () => ({}),
          awaitCancel: () => Promise.resolve(false),
        },
      );
    },
    loadWithChildren: async (text, children) => {
      const loaded = await loadWithChildren(text, children);
      workshops.push(loaded.workshop);
      return loaded;
    },
    close: async () => {
      await Promise.all(workshops.map((workshop) => workshop.close()));
      await owner.retire();
      await state.close();
    },
  };
}

function requestOf(dag: Dag, config: Config): RunRequest {
  const definition = describeDag(dag);
  return {
    dag,
    dagVersion: createHash('sha256').update(JSON.stringify(definition)).digest('hex'),
    definition,
    environment,
    trigger: 'manual',
    forced: true,
    selection: {},
    selected: new Set(dag.components.map(({ id }) => id)),
    noWait: false,
    settings: runSettingsOf(dag, config.settings),
    signal: new AbortController().signal,
  };
}

/** As the engine's own writer has it: the bare writer is not to lose by a worse plan. */
const writerSettings = {
  options: ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off']
    .map((setting) => `-c ${setting}`)
    .join(' '),
};

async function describeServer(connect: () => Promise<Client>): Promise<Readonly<Record<string, unknown>>> {
  const client = await connect();
  const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_directory'];
  const { rows } = await client.query<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any ($1)',
    [names],
  );
  const { rows: sync } = await client.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = 'wal_sync_method'",
  );
  await client.end();
  return Object.fromEntries([...rows, ...sync].map(({ name, setting }) => [name, setting]));
}

async function loadWithChildren(text: string, children: number) {
  const { dag, bundle } = await loadDag(writeDag(text));
  const entry = join(engineFolder, 'child.js');
  const pool = createChildPool({
    entry,
    bundle,
    most: dag.components.length,
    environment: childEnvironment(),
    spare: children,
    clock: systemClock,
  });
  return { dag, workshop: createChildWorkshop({ pool, keyOf: () => dag.id, clock: systemClock }) };
}

function writeDag(text: string) {
  const file = join(workFolder, `${createHash('sha256').update(text).digest('hex').slice(0, 8)}.ts`);
  writeFileSync(file, text);
  const engineEntry = { signalbox: compiledUrl('api.js'), zod: compiledUrl('zod.js') };
  return { file, cacheDirectory: join(workFolder, 'cache'), engineEntry };
}

function compiledUrl(name: string): string {
  return pathToFileURL(join(engineFolder, name)).href;
}

function childEnvironment(): Record<string, string> {
  return process.env.PATH === undefined ? {} : { PATH: process.env.PATH };
}

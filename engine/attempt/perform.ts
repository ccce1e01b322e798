import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Component, Dag } from '../model/component.ts';
import type { Sql } from '../model/context.ts';
import type { ProbeResult } from '../model/evidence.ts';
import { FailureError } from '../model/failure.ts';
import type { HttpClient } from '../model/http.ts';
import type { Json } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';
import type { LandedSource } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import type { Channel } from './channel.ts';
import { runCommand } from './command.ts';
import { createContext, type Harvest } from './context.ts';
import { failureOf } from './failure-of.ts';
import { parseInputs } from './inputs.ts';
import { createLazyHttp } from './lazy-http.ts';
import { type Meter, startMeter } from './meter.ts';
import { openQuarantine } from './quarantine.ts';

/** Where a task is performed, and how it is heard. */
export interface Performance {
  readonly dag: Dag;
  readonly task: AttemptTask;
  readonly channel: Channel;
  readonly signal: AbortSignal;
  /** True in a child: CPU and memory are the attempt's own. */
  readonly ownsProcess: boolean;
}

/** Asks the sources of a component. Every body that comes is landed, so that the attempt need not ask again. */
export async function probe(performance: Performance): Promise<ProbeResult> {
  const meter = startMeter(performance.ownsProcess);
  try {
    const landed = await landDeclared(performance, httpFor(performance, meter));
    return { known: true, evidence: [...landed.values()].map(({ evidence }) => evidence) };
  } catch (thrown) {
    return { known: false, message: failureOf(thrown).message };
  }
}

/** Carries out one attempt and says how it ended; never rejects. */
export async function perform(performance: Performance): Promise<Outcome> {
  const meter = startMeter(performance.ownsProcess);
  const { task } = performance;
  const open: { sql?: Sql & { close(): void } } = {};
  try {
    return await carryOut(performance, meter, open);
  } catch (thrown) {
    return { status: 'failed', failure: failureOf(thrown), metrics: meter.read() };
  } finally {
    open.sql?.close();
    if (existsSync(task.folders.scratch)) await rm(task.folders.scratch, { recursive: true, force: true });
  }
}

async function carryOut(
  performance: Performance,
  meter: Meter,
  open: { sql?: Sql & { close(): void } },
): Promise<Outcome> {
  const { task, channel, signal } = performance;
  const component = componentOf(performance);
  const http = httpFor(performance, meter);
  const landed = await landDeclared(performance, http);
  const harvest: Harvest = { datasets: [], warnings: [] };
  const quarantine = openQuarantine(task.folders.quarantine, `${task.component}-${task.attemptId}.ndjson`);
  const openSql = async () => {
    open.sql = await openSqlFor(task, harvest);
    return open.sql;
  };
  const inputs = parseInputs(component, performance.dag, task);
  const context = createContext({ task, inputs, landed, http, quarantine, harvest, channel, signal, openSql });
  const value = component.command
    ? await runCommand(component.command, task, channel, signal)
    : await component.run?.(context);
  return {
    status: 'success',
    output: asJson(value),
    datasets: harvest.datasets,
    evidence: [...landed.values()].map(({ evidence }) => evidence),
    warnings: harvest.warnings,
    quarantine: await quarantine.close(),
    metrics: meter.read(),
  };
}

function componentOf({ dag, task }: Performance): Component {
  const component = dag.components.find(({ id }) => id === task.component);
  if (!component) throw new Error(`Internal error: the bundle of ${dag.id} has no component ${task.component}`);
  return component;
}

function httpFor({ task, signal }: Performance, meter: Meter): HttpClient {
  return createLazyHttp(task.network, signal, meter);
}

async function landDeclared(performance: Performance, http: HttpClient): Promise<ReadonlyMap<string, LandedSource>> {
  const component = componentOf(performance);
  if (!component.sources) return new Map();
  const { task } = performance;
  const { params, baseUrl, secrets } = task;
  const inputs = parseInputs(component, performance.dag, task);
  const { landSources } = await import('./landing.ts');
  return landSources(component.sources({ params, inputs, baseUrl, secrets }), task, http);
}

async function openSqlFor(task: AttemptTask, harvest: Harvest): Promise<Sql & { close(): void }> {
  const { openSql } = await import('./sql/open-sql.ts');
  mkdirSync(task.folders.staging, { recursive: true });
  mkdirSync(task.folders.scratch, { recursive: true });
  return openSql({
    staging: task.folders.staging,
    tempDirectory: task.folders.scratch,
    memoryLimitMb: task.limits.sqlMemoryMb,
    threads: task.limits.sqlThreads,
    onStaged: (dataset) => harvest.datasets.push(dataset),
  });
}

/** What a component returns goes to the database and to its downstreams: it must survive JSON unharmed. */
function asJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  try {
    return JSON.parse(JSON.stringify(value)) as Json;
  } catch (cause) {
    const message = `expected the returned value to be JSON, got one that is not: ${(cause as Error).message}`;
    throw new FailureError({
      class: 'output',
      message,
      hint: 'Return plain objects, strings and numbers; put data in datasets.',
    });
  }
}

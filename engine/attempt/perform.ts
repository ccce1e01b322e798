import type { ProbeResult, SourceEvidence } from '../model/evidence.ts';
import { FailureError } from '../model/failure.ts';
import type { Json } from '../model/json.ts';
import type { Outcome } from '../model/outcome.ts';
import type { LandedSource } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import { runCommand } from './command.ts';
import { createContext, type Harvest } from './context.ts';
import { failureOf } from './failure-of.ts';
import { type Meter, startMeter } from './meter.ts';
import { openQuarantine, type Quarantine } from './quarantine.ts';
import { openResources, type Performance, type Prepared, type Resources } from './resources.ts';

/** Asks the sources of a component. Every body that comes is landed, so that the attempt need not ask again. */
export async function probe(performance: Performance): Promise<ProbeResult> {
  try {
    return { known: true, evidence: await askSources(performance) };
  } catch (thrown) {
    return { known: false, message: failureOf(thrown).message };
  }
}

/** Carries out one attempt and says how it ended; never rejects for anything that the component does. */
export async function perform(performance: Performance): Promise<Outcome> {
  const meter = startMeter(performance.ownsProcess);
  try {
    return await performWith(openResources(performance, meter), performance, meter);
  } catch (thrown) {
    return { status: 'failed', failure: failureOf(thrown), metrics: meter.read() };
  }
}

async function askSources(performance: Performance): Promise<readonly SourceEvidence[]> {
  const resources = openResources(performance, startMeter(performance.ownsProcess));
  try {
    const { landed } = await resources.prepare();
    return evidenceOf(landed);
  } finally {
    await resources.close();
  }
}

/** What cannot be closed was perhaps not written: then the attempt has failed, whatever the component says. */
async function performWith(resources: Resources, performance: Performance, meter: Meter): Promise<Outcome> {
  const { folders, component, attemptId } = performance.task;
  const quarantine = openQuarantine(folders.quarantine, `${component}-${attemptId}.ndjson`);
  try {
    return await carryOut(performance, resources, quarantine, meter);
  } finally {
    const closing = [quarantine.close(), resources.close()];
    await Promise.allSettled(closing);
    await Promise.all(closing);
  }
}

async function carryOut(
  performance: Performance,
  resources: Resources,
  quarantine: Quarantine,
  meter: Meter,
): Promise<Outcome> {
  const { task, channel, signal } = performance;
  const { component, http, makeFolder } = resources;
  const { inputs, landed } = await prepareSwept(resources, task);
  const harvest: Harvest = { datasets: [], warnings: [] };
  const openSql = () => resources.openSql((dataset) => harvest.datasets.push(dataset));
  const context = createContext({
    task,
    inputs,
    landed,
    http,
    quarantine,
    harvest,
    channel,
    signal,
    makeFolder,
    openSql,
  });
  const value = component.command
    ? await runCommand(component.command, task, channel, signal)
    : await component.run?.(context);
  return {
    status: 'success',
    output: asJson(value),
    datasets: harvest.datasets,
    evidence: evidenceOf(landed),
    warnings: harvest.warnings,
    quarantine: await quarantine.close(),
    metrics: meter.read(),
  };
}

/** Also where a source failed: what came from the others would pile up, try by try, until all of them answer. */
async function prepareSwept(resources: Resources, task: AttemptTask): Promise<Prepared> {
  const sweep = async (landed: Prepared['landed']) => (await import('./landing.ts')).sweepLanded(landed, task);
  try {
    const prepared = await resources.prepare();
    if (prepared.landed.size > 0) await sweep(prepared.landed);
    return prepared;
  } catch (thrown) {
    if (resources.component.sources) await sweep(new Map()).catch(() => undefined);
    throw thrown;
  }
}

function evidenceOf(landed: ReadonlyMap<string, LandedSource>): readonly SourceEvidence[] {
  return [...landed.values()].map(({ evidence }) => evidence);
}

const outputHint = 'Return plain objects, strings and numbers; put data in datasets.';
const longestOutput = 4 * 1024 ** 2;

/** What a component returns goes to the database and to its downstreams: it must survive JSON unharmed, and be small. */
function asJson(value: unknown): Json {
  if (value === undefined || value === null) return null;
  const text = jsonTextOf(value);
  if (text.length <= longestOutput) return JSON.parse(text) as Json;
  const [most, got] = [longestOutput, text.length].map((count) => count.toLocaleString('en-US'));
  const message = `expected the returned value to have at most ${most} characters as JSON, got ${got}`;
  throw new FailureError({ class: 'output', message, hint: outputHint });
}

function jsonTextOf(value: unknown): string {
  try {
    const text = JSON.stringify(value) as string | undefined;
    if (text !== undefined) return text;
  } catch (cause) {
    throw noJson((cause as Error).message, cause);
  }
  throw noJson(`a ${typeof value}`);
}

function noJson(why: string, cause?: unknown): FailureError {
  const message = `expected the returned value to be JSON, got one that is not: ${why}`;
  return new FailureError({ class: 'output', message, hint: outputHint }, { cause });
}

import type { Component, Dag, RetryPolicy } from '../engine/model/component.ts';
import type { JsonObject } from '../engine/model/json.ts';
import { ConfigError } from './config-error.ts';
import { mergeLayers } from './layers.ts';
import { overlayQuotas } from './quota-overlay.ts';
import type { Settings } from './schema.ts';

/** A DAG as an environment has it. Returns the DAG itself where the environment says nothing of it. */
export function applyOverlay(dag: Dag, { dags, quotas }: Settings): Dag {
  return overlayQuotas(overlayDag(dag, dags[dag.id]), quotas);
}

function overlayDag(dag: Dag, overlay: Settings['dags'][string] | undefined): Dag {
  if (!overlay) return dag;
  const known = new Set(dag.components.map(({ id }) => id));
  const unknown = Object.keys(overlay.components).find((id) => !known.has(id));
  if (unknown !== undefined) {
    const message = `expected \`dags.${dag.id}.components\` to name components of the DAG, got \`${unknown}\``;
    throw new ConfigError(message, { hint: `It has ${[...known].join(', ')}.` });
  }
  return Object.freeze({
    ...dag,
    ...overlaySchedule(overlay),
    ...(overlay.timeout === undefined ? {} : { timeoutMs: overlay.timeout }),
    ...(overlay.concurrency === undefined ? {} : { concurrency: overlay.concurrency }),
    ...(overlay.failurePolicy === undefined ? {} : { failurePolicy: overlay.failurePolicy }),
    components: dag.components.map((component) =>
      overlayComponent(component, overlay.components[component.id], dag.id),
    ),
  });
}

function overlaySchedule({ schedule, catchup, tolerance, catchupWindow }: Settings['dags'][string]): Partial<Dag> {
  return {
    ...(schedule === undefined ? {} : { schedule }),
    ...(catchup === undefined ? {} : { catchup }),
    ...(tolerance === undefined ? {} : { toleranceMs: tolerance }),
    ...(catchupWindow === undefined ? {} : { catchupWindowMs: catchupWindow }),
  };
}

type ComponentOverlay = Settings['dags'][string]['components'][string];

function overlayComponent(component: Component, overlay: ComponentOverlay | undefined, dag: string): Component {
  if (!overlay) return component;
  return Object.freeze({
    ...overlayWhen(component, overlay, dag),
    ...(overlay.enabled === undefined ? {} : { enabled: overlay.enabled }),
    ...(overlay.timeout === undefined ? {} : { timeoutMs: overlay.timeout }),
    ...(overlay.params === undefined ? {} : { params: overlayParams(component.params, overlay.params) }),
    ...(overlay.retries === undefined ? {} : { retries: overlayRetries(component, overlay.retries) }),
  });
}

/** One of the two replaces whatever the component says about when. */
function overlayWhen(component: Component, { frequency, cron }: ComponentOverlay, dag: string): Component {
  if (frequency === undefined && cron === undefined) return component;
  if (frequency !== undefined && cron !== undefined) {
    const place = `dags.${dag}.components.${component.id}`;
    throw new ConfigError(`expected one of \`${place}.frequency\` and \`${place}.cron\`, got both`, {
      hint: 'Keep one of the two; `config show` tells where each comes from.',
    });
  }
  const { frequency: _frequency, cron: _cron, ...rest } = component;
  return { ...rest, ...(frequency === undefined ? {} : { frequency }), ...(cron === undefined ? {} : { cron }) };
}

/** Leaf by leaf, like settings: one limit of several is changed without taking the others away. */
function overlayParams(params: JsonObject, overlay: JsonObject): JsonObject {
  const layers = [params, overlay].map((values) => ({ from: '', values }));
  return mergeLayers(layers).values as JsonObject;
}

function overlayRetries(
  component: Component,
  { max, delay, maxDelay }: NonNullable<ComponentOverlay['retries']>,
): Partial<RetryPolicy> {
  return {
    ...component.retries,
    ...(max === undefined ? {} : { max }),
    ...(delay === undefined ? {} : { delayMs: delay }),
    ...(maxDelay === undefined ? {} : { maxDelayMs: maxDelay }),
  };
}

export function retryPolicyOf({ retries }: Settings): RetryPolicy {
  return { max: retries.max, delayMs: retries.delay, maxDelayMs: retries.maxDelay };
}

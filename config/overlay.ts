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
    ...(overlay.timeout === undefined ? {} : { timeoutMs: overlay.timeout }),
    ...(overlay.concurrency === undefined ? {} : { concurrency: overlay.concurrency }),
    components: dag.components.map((component) => overlayComponent(component, overlay.components[component.id])),
  });
}

type ComponentOverlay = Settings['dags'][string]['components'][string];

function overlayComponent(component: Component, overlay: ComponentOverlay | undefined): Component {
  if (!overlay) return component;
  return Object.freeze({
    ...component,
    ...(overlay.enabled === undefined ? {} : { enabled: overlay.enabled }),
    ...(overlay.timeout === undefined ? {} : { timeoutMs: overlay.timeout }),
    ...(overlay.params === undefined ? {} : { params: overlayParams(component.params, overlay.params) }),
    ...(overlay.retries === undefined ? {} : { retries: overlayRetries(component, overlay.retries) }),
  });
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

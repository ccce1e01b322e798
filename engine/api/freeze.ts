import type { Component, Dag, Group } from '../model/component.ts';
import type { QuotaUse } from '../model/quota.ts';
import type { ParsedComponent } from './component-schema.ts';
import type { ParsedDag } from './dag-schema.ts';
import { type WrittenUpstream, writtenId } from './entry.ts';
import { capturedDefinition } from './handle.ts';
import { writtenQuota } from './quota.ts';
import { toQuota } from './quota-rules.ts';

/** `Symbol.for`: a DAG made by one copy of this module is known to every other. */
const dagBrand = Symbol.for('signalbox.dag');

/** True for what `defineDag` returned, also that of another copy of this module. */
export function isDag(value: unknown): value is Dag {
  return typeof value === 'object' && value !== null && dagBrand in value;
}

export function toDag(parsed: ParsedDag, components: readonly Component[]): Dag {
  const {
    timeout: timeoutMs,
    tolerance: toleranceMs,
    catchupWindow: catchupWindowMs,
    groups: written,
    components: _handles,
    ...rest
  } = parsed;
  const groups = Object.fromEntries(Object.entries(written).map(([name, group]) => [name, toGroup(group)]));
  const dag: Dag = withoutUndefined<Dag>(rest, { groups, timeoutMs, toleranceMs, catchupWindowMs, components });
  Object.defineProperty(dag, dagBrand, { value: true });
  freezeData(dag.groups);
  Object.freeze(dag.components);
  return Object.freeze(dag);
}

function toGroup({ components = [], ...rest }: ParsedDag['groups'][string]): Group {
  const ids = components.flatMap((handle) => capturedDefinition(handle) ?? []).map(writtenId);
  return withoutUndefined<Group>(rest, { components: ids });
}

export function toComponent(parsed: ParsedComponent, upstreams: readonly WrittenUpstream[]): Component {
  const { timeout: timeoutMs, dependsOn: _handles, quota: handle, ...rest } = parsed;
  const dependsOn = upstreams.map(({ name, captured, optional }) => ({
    name,
    component: writtenId(captured),
    optional,
  }));
  const component = withoutUndefined<Component>(rest, { timeoutMs, dependsOn, quota: toQuotaUse(handle) });
  const { dependsOn: edges, retries, frequency, quota, params, secrets, command } = component;
  for (const data of [edges, retries, frequency, quota, params, secrets, command]) freezeData(data);
  return Object.freeze(component);
}

function toQuotaUse(handle: ParsedComponent['quota']): QuotaUse | undefined {
  const written = writtenQuota(handle);
  const quota = written && toQuota(written.captured);
  return quota && { ...quota, priority: written.priority };
}

/** Options that were left out are absent, not undefined: `exactOptionalPropertyTypes` tells the two apart. */
function withoutUndefined<T extends object>(...parts: readonly { [Key in keyof T]?: T[Key] | undefined }[]): T {
  const kept: Record<string, unknown> = {};
  for (const part of parts) for (const [key, value] of Object.entries(part)) if (value !== undefined) kept[key] = value;
  return kept as T;
}

/** For plain data only: schemas, functions and sandbox parts belong to the author and are left as they are. */
function freezeData(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const item of Object.values(value)) freezeData(item);
}

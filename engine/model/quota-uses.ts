import type { Component, Dag } from './component.ts';
import type { QuotaUse } from './quota.ts';

/** The quotas of a DAG, each once, in the order of the components that use them. */
export function quotasOf({ components }: Pick<Dag, 'components'>): readonly QuotaUse[] {
  return [...quotaUsers({ components }).values()].flatMap(([first]) => (first?.quota ? [first.quota] : []));
}

/** Quota by name → the components that use it. */
export function quotaUsers({ components }: Pick<Dag, 'components'>): ReadonlyMap<string, readonly Component[]> {
  const users = new Map<string, Component[]>();
  for (const component of components) {
    if (!component.quota) continue;
    const others = users.get(component.quota.name);
    if (others) others.push(component);
    else users.set(component.quota.name, [component]);
  }
  return users;
}

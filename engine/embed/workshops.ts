import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/load.ts';
import { createInlineWorkshop } from '../attempt/inline.ts';
import type { Component } from '../model/component.ts';
import type { Clock } from '../model/ports.ts';
import type { Workshop } from '../model/task.ts';
import { type ChildPool, type ChildPoolOptions, createChildPool } from '../run/children/child-pool.ts';
import { createChildWorkshop } from '../run/children/child-workshop.ts';
import { markOf } from '../run/children/orphans.ts';
import type { ReadyDag } from './engine.ts';

/** Where the attempts of one run are carried out. */
export type Workshops = Readonly<Record<Component['isolation'], Workshop>>;

/** Children are forked here, before the database is opened, so that both happen at the same time. */
export function openWorkshops({ dag, bundle }: ReadyDag, owner: string, config: Config, clock: Clock): Workshops {
  const inline = createInlineWorkshop(dag);
  const most = dag.components.filter(({ isolation }) => isolation === 'process').length;
  if (bundle === undefined || most === 0) return { inline, process: inline };
  const pool = openPool({ bundle, most, mark: markOf(owner) }, config, clock);
  const keys = new Map(dag.components.map(({ id, secrets }) => [id, secrets.toSorted().join(' ')]));
  const keyOf = (component: string) => `${config.environment} ${keys.get(component) ?? ''}`;
  return { inline, process: createChildWorkshop({ pool, keyOf, clock }) };
}

function openPool(
  dag: Pick<ChildPoolOptions, 'bundle' | 'most' | 'mark'>,
  { settings, childEnvironment }: Config,
  clock: Clock,
): ChildPool {
  const entry = fileURLToPath(new URL('./child.js', import.meta.url));
  return createChildPool({ ...dag, entry, environment: childEnvironment, spare: settings.spareChildren, clock });
}

import { fileURLToPath } from 'node:url';
import type { Config } from '../../config/load.ts';
import { createInlineWorkshop } from '../attempt/inline.ts';
import type { Component } from '../model/component.ts';
import type { Clock } from '../model/ports.ts';
import type { Workshop } from '../model/task.ts';
import { type ChildPool, createChildPool } from '../run/children/child-pool.ts';
import { createChildWorkshop } from '../run/children/child-workshop.ts';
import type { ReadyDag } from './engine.ts';

/** Where the attempts of one run are carried out. */
export type Workshops = Readonly<Record<Component['isolation'], Workshop>>;

/** Children are forked here, before the database is opened, so that both happen at the same time. */
export function openWorkshops({ dag, bundle }: ReadyDag, config: Config, clock: Clock): Workshops {
  const inline = createInlineWorkshop(dag);
  if (bundle === undefined || dag.components.every(({ isolation }) => isolation === 'inline')) {
    return { inline, process: inline };
  }
  const pool = openPool(config, clock);
  const keys = new Map(dag.components.map(({ id, secrets }) => [id, secrets.toSorted().join(' ')]));
  const keyOf = (component: string) => `${config.environment} ${keys.get(component) ?? ''}`;
  return { inline, process: createChildWorkshop({ pool, bundle, keyOf, clock }) };
}

function openPool({ settings, childEnvironment }: Config, clock: Clock): ChildPool {
  const entry = fileURLToPath(new URL('./child.js', import.meta.url));
  return createChildPool({ entry, environment: childEnvironment, spare: settings.spareChildren, clock });
}

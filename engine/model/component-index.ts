import type { Component, Dag } from './component.ts';

const indexes = new WeakMap<Dag, ReadonlyMap<string, Component>>();

/** The components of a DAG by id, made once per DAG: a DAG is frozen, and may have tens of thousands of them. */
export function componentsById(dag: Dag): ReadonlyMap<string, Component> {
  let index = indexes.get(dag);
  if (!index) {
    index = new Map(dag.components.map((component) => [component.id, component]));
    indexes.set(dag, index);
  }
  return index;
}

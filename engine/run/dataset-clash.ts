import type { Component } from '../model/component.ts';
import type { StagedDataset } from '../model/dataset.ts';
import type { Failure } from '../model/failure.ts';
import { programName } from '../model/program.ts';
import type { RunState } from './run-state.ts';

/**
 * Reserves the names of the datasets that a component is about to publish, or says which other component of the DAG they
 * belong to: versions of one dataset that come from two components would stand for each other without a word.
 */
export function reserveDatasets(
  component: Component,
  datasets: readonly Pick<StagedDataset, 'dataset'>[],
  state: RunState,
): Failure | undefined {
  for (const { dataset } of datasets) {
    const other = state.publishing.get(dataset) ?? lastPublisherOf(dataset, component, state);
    if (other !== undefined && other !== component.id) return clash(dataset, other, component, state);
    state.publishing.set(dataset, component.id);
  }
  return undefined;
}

/** From then on what is on record says whose they are. */
export function releaseDatasets({ id }: Component, { publishing }: RunState): void {
  for (const [dataset, component] of publishing) if (component === id) publishing.delete(dataset);
}

function lastPublisherOf(dataset: string, { id }: Component, state: RunState): string | undefined {
  for (const other of state.components.keys()) {
    if (other !== id && datasetsOf(other, state).some((version) => version.dataset === dataset)) return other;
  }
  return undefined;
}

function datasetsOf(component: string, { ends, lastSuccesses }: RunState) {
  const end = ends.get(component);
  return (end?.status === 'success' ? end : lastSuccesses.get(component))?.datasets ?? [];
}

function clash(dataset: string, other: string, { id }: Component, { info }: RunState): Failure {
  const again = `${programName} run --dag ${info.dag} --component ${other} --env ${info.environment} --force`;
  return {
    class: 'output',
    message: `expected each dataset to be of one component, got ${dataset} of ${other} and of ${id}`,
    hint: `Give one of them another name. If it has moved from ${other} to ${id}, let ${other} run without it first: ${again}`,
  };
}

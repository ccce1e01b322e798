import { type Component, codeVersion, type Dag } from '../model/component.ts';

/**
 * For components of version `code` the code of the DAG file, with all that it imports, is their version: whatever changes
 * in it makes them run. Returns the DAG itself where there is none.
 */
export function versionByCode(dag: Dag, codeDigest: string): Dag {
  if (!dag.components.some(isByCode)) return dag;
  const version = `${codeVersion}:${codeDigest}`;
  const components = dag.components.map((component) => (isByCode(component) ? { ...component, version } : component));
  return Object.freeze({ ...dag, components });
}

export function isByCode({ version }: Component): boolean {
  return version === codeVersion;
}

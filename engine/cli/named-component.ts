import { type Config, loadConfig } from '../../config/load.ts';
import { readyDag } from '../embed/ready-dag.ts';
import type { Component, Dag } from '../model/component.ts';
import { didYouMean } from '../model/suggest.ts';
import { UsageError } from './usage-error.ts';

/** What somebody named as `transit` or as `transit.gtfs-schedule`, as the environment has it. */
export interface Named {
  readonly config: Config;
  /** How the DAG was named: by its id, or by the path of its file. Commands are told with it. */
  readonly dagName: string;
  readonly dag: Dag;
  /** Undefined: the whole DAG. */
  readonly component: Component | undefined;
}

export async function findNamed(name: string, environment: string): Promise<Named> {
  const config = loadConfig({ environment });
  const [dagName, id] = splitName(name);
  const { dag } = await readyDag(dagName, config);
  return { config, dagName, dag, component: id === undefined ? undefined : componentOf(dag, id) };
}

/** The path of a DAG file holds dots, too: `other/far.ts`, and `other/far.ts.only` for a component of it. */
function splitName(name: string): readonly [dag: string, component: string | undefined] {
  const match = /^([a-z][a-z0-9-]*|.+\.[cm]?[jt]s)\.([a-z][a-z0-9-]*)$/.exec(name);
  const isFile = /\.[cm]?[jt]s$/.test(name);
  return match?.[1] === undefined || isFile ? [name, undefined] : [match[1], match[2]];
}

function componentOf(dag: Dag, id: string): Component {
  const component = dag.components.find((candidate) => candidate.id === id);
  if (component) return component;
  const ids = dag.components.map((candidate) => candidate.id);
  throw new UsageError(`expected a component of ${dag.id}, got \`${id}\``, didYouMean(id, ids));
}

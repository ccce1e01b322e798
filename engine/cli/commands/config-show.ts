import type { ResolvedValue } from '../../../config/layers.ts';
import { type Config, loadConfig, loadProject, type Project } from '../../../config/load.ts';
import type { FoundDags } from '../../load/find-dags.ts';
import { LoadError } from '../../load/load-error.ts';
import { renderTable } from '../../report/table.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface SecretState {
  readonly secret: string;
  readonly state: 'set' | 'missing';
  readonly components: readonly string[];
}

/** Every value and where it comes from. Of a secret only whether it is there. */
export async function configShow(
  terminal: Terminal,
  { env, output }: OutputFlags & { readonly env: string },
): Promise<number> {
  const config = loadConfig({ environment: env });
  const values = [...placesOf(config, loadProject()), ...config.origins];
  const secrets = secretStates(await loadedDags(terminal), config);
  if (output === 'json') {
    printJson(terminal, { environment: env, values, secrets });
    return exitCodes.success;
  }
  terminal.err(`environment ${env}\n`);
  terminal.out(renderTable(valueColumns, values));
  if (secrets.length > 0) terminal.out(`\n${renderTable(secretColumns, secrets)}`);
  if (env === 'sandbox' && secrets.length > 0)
    terminal.err('the sandbox brings keys of its own and reads none of these\n');
  return exitCodes.success;
}

const valueColumns = [
  { title: 'setting', cell: ({ path }: ResolvedValue) => path },
  { title: 'value', cell: ({ value }: ResolvedValue) => (typeof value === 'string' ? value : JSON.stringify(value)) },
  { title: 'from', cell: ({ from }: ResolvedValue) => from },
];

const secretColumns = [
  { title: 'secret', cell: ({ secret }: SecretState) => secret },
  { title: 'state', cell: ({ state }: SecretState) => state },
  { title: 'for', cell: ({ components }: SecretState) => components.join(', ') },
];

/** What is no setting of an environment. The URL of the database holds a password. */
function placesOf(config: Config, { variables }: Project): readonly ResolvedValue[] {
  const from = (name: string, otherwise: string) => {
    const origin = variables.originOf(name);
    if (origin === undefined) return otherwise;
    return origin === '.env' ? `${name} in .env` : name;
  };
  return [
    { path: 'home', value: config.home, from: from('SIGNALBOX_HOME', 'the folder of package.json') },
    {
      path: 'database',
      value: config.databaseUrl === undefined ? 'embedded' : 'set',
      from: from('DATABASE_URL', 'the home'),
    },
    {
      path: 'sandboxDate',
      value: config.sandboxDate ?? 'today',
      from: from('SIGNALBOX_SANDBOX_DATE', 'the clock, in UTC'),
    },
  ];
}

/** The configuration is shown also where a DAG file does not load. */
async function loadedDags(terminal: Terminal): Promise<FoundDags['dags']> {
  try {
    const { dags, errors } = await allDags();
    terminal.err(errors.map(loadErrorText).join(''));
    return dags;
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    terminal.err(loadErrorText(error));
    return [];
  }
}

function secretStates(dags: FoundDags['dags'], config: Config): readonly SecretState[] {
  const users = new Map<string, string[]>();
  for (const { dag } of dags) {
    for (const { id, secrets } of dag.components) {
      for (const secret of secrets) users.set(secret, [...(users.get(secret) ?? []), `${dag.id}/${id}`]);
    }
  }
  return [...users].map(([secret, components]) => ({
    secret,
    state: config.secret(secret) === undefined ? 'missing' : 'set',
    components,
  }));
}

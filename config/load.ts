import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { didYouMean } from '../engine/model/suggest.ts';
import { ConfigError } from './config-error.ts';
import { defaultSettings } from './default.ts';
import { environmentNames, environments } from './environments.ts';
import { type Layer, mergeLayers, type ResolvedValue } from './layers.ts';
import { type Settings, type SettingsLayer, settingsSchema } from './schema.ts';
import { variableLayer } from './variable-layer.ts';
import { readSecret, readVariables, type Variables } from './variables.ts';

export interface LoadRequest {
  readonly environment: string;
  /** Where to look for the project; default the working directory. */
  readonly directory?: string;
  /** Wins over everything: what an embedder passes in code. */
  readonly overrides?: SettingsLayer;
  readonly home?: string;
  readonly databaseUrl?: string;
  readonly processEnvironment?: NodeJS.ProcessEnv;
}

/** The configuration of one environment, read once; nothing else of the engine looks at `process.env`. */
export interface Config {
  readonly environment: string;
  readonly projectDirectory: string;
  /** Absolute: database, data, cache and logs live here. */
  readonly home: string;
  readonly databaseUrl?: string;
  readonly settings: Settings;
  /** Absolute folder of the environment's landing, curated and quarantine. */
  readonly storageRoot: string;
  readonly origins: readonly ResolvedValue[];
  /** `YYYY-MM-DD`, when it is fixed. */
  readonly sandboxDate?: string;
  readonly secret: (name: string) => string | undefined;
  /** The few variables that child processes get. Never a secret. */
  readonly childEnvironment: Readonly<Record<string, string>>;
}

const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** What holds in every environment: where the project is, and its variables. */
export interface Project extends Pick<Config, 'projectDirectory' | 'home' | 'databaseUrl'> {
  /** Of this process, and of the project's `.env`. */
  readonly variables: Variables;
}

export function loadProject(request: Omit<LoadRequest, 'environment' | 'overrides'> = {}): Project {
  const projectDirectory = findProject(request.directory ?? process.cwd());
  const variables = readVariables(projectDirectory, request.processEnvironment ?? process.env);
  const home = resolve(projectDirectory, request.home ?? variables.get('SIGNALBOX_HOME') ?? '.signalbox');
  const databaseUrl = request.databaseUrl ?? variables.get('DATABASE_URL');
  return { projectDirectory, home, variables, ...(databaseUrl === undefined ? {} : { databaseUrl }) };
}

/** Throws a ConfigError that names the setting, its value, where it comes from and what was expected. */
export function loadConfig(request: LoadRequest): Config {
  const { environment } = request;
  const overlay = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  if (!overlay) throw unknownEnvironment(environment);
  const { variables, ...project } = loadProject(request);
  const { values, origins } = mergeLayers(layersOf(request, overlay, variables));
  const settings = parseSettings(values, origins);
  const sandboxDate = variables.get('SIGNALBOX_SANDBOX_DATE');
  return {
    ...project,
    environment,
    settings,
    storageRoot: storageRootOf(settings.storage, project.home, environment),
    origins,
    secret: (name) => readSecret(name, variables),
    childEnvironment: pick(variables),
    ...(sandboxDate === undefined ? {} : { sandboxDate: checkDate(sandboxDate) }),
  };
}

function layersOf({ environment, overrides }: LoadRequest, overlay: SettingsLayer, variables: Variables): Layer[] {
  return [
    { from: 'config/default.ts', values: { ...defaultSettings } },
    { from: `config/${environment}.ts`, values: { ...overlay } },
    ...variableLayer(defaultSettings, variables),
    { from: 'createEngine()', values: { ...overrides } },
  ];
}

function parseSettings(values: unknown, origins: readonly ResolvedValue[]): Settings {
  // Once in a process: to compile code for that, as zod does, takes longer than to do without.
  const parsed = settingsSchema.safeParse(values, { jitless: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const origin = origins.find((leaf) => leaf.path === path.join('.'));
    const got = origin ? `, got \`${JSON.stringify(origin.value)}\` from ${origin.from}` : '';
    return `${path.join('.') || 'settings'}: ${message}${got}`;
  });
  throw new ConfigError(`the settings are not valid:\n  ${problems.join('\n  ')}`);
}

function storageRootOf(storage: string, home: string, environment: string): string {
  const named = storage.replaceAll('{environment}', environment);
  return isAbsolute(named) ? named : join(home, named);
}

/** The nearest folder upwards that holds a package.json; the folder itself where there is none. */
function findProject(directory: string): string {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return resolve(directory);
  }
}

function pick(variables: Variables): Record<string, string> {
  const picked = passedOn.map((name) => [name, variables.get(name)] as const);
  return Object.fromEntries(picked.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function checkDate(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(text).toJSON()?.startsWith(text)) return text;
  throw new ConfigError(`expected SIGNALBOX_SANDBOX_DATE to be a day such as 2026-03-01, got \`${text}\``);
}

function unknownEnvironment(environment: string): ConfigError {
  const message = `expected the environment to be one of ${environmentNames.join(', ')}, got \`${environment}\``;
  const hint = didYouMean(environment, environmentNames);
  return new ConfigError(message, hint === undefined ? {} : { hint });
}

import type { Imported } from './imports.ts';

interface Layer {
  /** Path prefixes of its files; the longest prefix of all layers wins. */
  readonly files: readonly string[];
  /** Layers that it may import besides itself. */
  readonly layers: readonly string[];
  readonly packages: readonly string[];
  /** Modules of Node that it may import; any, where it is left out. */
  readonly builtins?: readonly string[];
}

const engine = [
  'model',
  'plan',
  'schedule',
  'decide',
  'api',
  'load',
  'run',
  'attempt',
  'report',
  'clock',
  'sandbox',
  'simulate',
];
const authoring = ['api', 'components/http', 'components/sandbox'];

/** The table of docs/architecture.md. `components/*` are the sources, each of which is a layer of its own. */
export const layers: Readonly<Record<string, Layer>> = {
  model: { files: ['engine/model/'], layers: [], packages: ['zod'], builtins: ['node:stream'] },
  plan: { files: ['engine/plan/'], layers: ['model'], packages: ['graphology', 'graphology-dag'], builtins: [] },
  schedule: { files: ['engine/schedule/'], layers: ['model'], packages: ['cron-parser'], builtins: [] },
  decide: { files: ['engine/decide/'], layers: ['model'], packages: [], builtins: ['node:crypto'] },
  api: {
    files: ['engine/api.ts', 'engine/api/'],
    layers: ['model', 'plan'],
    packages: ['zod'],
    builtins: ['node:url'],
  },
  simulate: {
    files: ['engine/simulate/'],
    layers: ['model', 'plan', 'schedule', 'decide', 'run'],
    packages: [],
    builtins: [],
  },
  load: { files: ['engine/load/'], layers: ['model', 'api', 'bootstrap'], packages: ['esbuild'] },
  run: { files: ['engine/run/'], layers: ['model', 'plan', 'decide'], packages: ['p-queue'] },
  attempt: {
    files: ['engine/attempt/'],
    layers: ['model', 'api', 'decide', 'components/http'],
    packages: ['undici', '@duckdb/node-api', 'csv-parse', 'yauzl', 'pg'],
  },
  report: { files: ['engine/report/'], layers: ['model'], packages: [] },
  clock: { files: ['engine/clock/'], layers: ['model'], packages: [] },
  sandbox: { files: ['engine/sandbox/'], layers: ['model', 'components/sandbox'], packages: [] },
  embed: {
    files: ['engine/embed.ts', 'engine/embed/'],
    layers: [...engine, 'state', 'config'],
    packages: [],
  },
  cli: {
    files: ['engine/cli/'],
    layers: [...engine, 'embed', 'state', 'config', 'components/http', 'components/sandbox'],
    packages: ['commander', '@duckdb/node-api', 'esbuild'],
  },
  bootstrap: { files: ['engine/index.js', 'engine/bootstrap/'], layers: [], packages: ['esbuild'] },
  exports: {
    files: ['engine/exports/'],
    layers: ['bootstrap', 'api', 'attempt', 'sandbox', 'embed', 'cli'],
    packages: ['zod'],
  },
  'components/http': {
    files: ['components/http/'],
    layers: authoring,
    packages: ['undici', 'ipaddr.js', 'p-queue', 'zod'],
  },
  'components/sandbox': { files: ['components/sandbox/'], layers: authoring, packages: [] },
  'components/*': {
    files: ['components/'],
    layers: authoring,
    packages: ['zod', 'csv-parse', 'yauzl', 'yazl', 'protobufjs'],
  },
  dags: { files: ['dags/'], layers: ['api', 'components/*'], packages: [], builtins: [] },
  state: { files: ['state/'], layers: ['model'], packages: ['kysely', 'pg', 'yauzl', 'yazl'] },
  config: { files: ['config/'], layers: ['model'], packages: ['zod'] },
};

/** The layer of a file; undefined where the table has no row for it. */
function layerOf(path: string): string | undefined {
  let found: { readonly name: string; readonly length: number } | undefined;
  for (const [name, { files }] of Object.entries(layers)) {
    for (const prefix of files) {
      if (path.startsWith(prefix) && prefix.length > (found?.length ?? 0)) found = { name, length: prefix.length };
    }
  }
  return found?.name;
}

/** Why a file may not import this, or undefined. */
export function refusal(importer: string, imported: Imported): string | undefined {
  const name = layerOf(importer);
  const layer = name === undefined ? undefined : layers[name];
  if (layer === undefined) return `${importer} belongs to no layer`;
  if (imported.kind === 'builtin') return refuseListed(importer, imported.name, layer.builtins);
  if (imported.kind === 'package') return refuseListed(importer, imported.name, layer.packages);
  const target = layerOf(imported.path);
  const allowed = target === name || (target !== undefined && layer.layers.includes(target));
  if (!allowed) return `${importer} (${name}) imports ${imported.path} (${target ?? 'no layer'})`;
  return refuseSource(importer, imported.path);
}

function refuseListed(importer: string, name: string, allowed: readonly string[] | undefined): string | undefined {
  return allowed === undefined || allowed.includes(name) ? undefined : `${importer} imports ${name}`;
}

const sourceFolder = /^components\/(?!http\/|sandbox\/)([^/]+)\//;

/** Sources do not know each other, and a DAG knows of a source only what its index offers. */
function refuseSource(importer: string, path: string): string | undefined {
  const to = sourceFolder.exec(path)?.[1];
  if (to === undefined || sourceFolder.exec(importer)?.[1] === to) return undefined;
  const isOffered = importer.startsWith('dags/') && path === `components/${to}/index.ts`;
  return isOffered ? undefined : `${importer} imports ${path} of another source`;
}

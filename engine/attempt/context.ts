import type { ComponentContext, Logger, Sql } from '../model/context.ts';
import type { StagedDataset } from '../model/dataset.ts';
import { FailureError } from '../model/failure.ts';
import type { HttpClient } from '../model/http.ts';
import type { Warning } from '../model/outcome.ts';
import type { LandedSource } from '../model/source.ts';
import type { AttemptTask } from '../model/task.ts';
import type { Channel } from './channel.ts';
import type { Quarantine } from './quarantine.ts';
import { lineOf, progressOf, warningOf } from './said.ts';
import { toldInstants } from './told-instants.ts';

/** What an attempt gathers while its component runs. */
export interface Harvest {
  readonly datasets: StagedDataset[];
  readonly warnings: Warning[];
}

export interface ContextParts {
  readonly task: AttemptTask;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly landed: ReadonlyMap<string, LandedSource>;
  readonly http: HttpClient;
  readonly quarantine: Quarantine;
  readonly harvest: Harvest;
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly makeFolder: (kind: 'scratch' | 'staging') => string;
  openSql(): Promise<Sql>;
}

/** Builds what a component sees. Folders are made on first use: most small components never touch one. */
export function createContext(parts: ContextParts): ComponentContext {
  const { task, inputs, landed, http, quarantine, harvest, channel, signal, makeFolder } = parts;
  let sql: Promise<Sql> | undefined;
  return {
    params: task.params,
    attempt: task.attempt,
    ...toldInstants(task),
    inputs,
    degraded: task.degraded,
    baseUrl: task.baseUrl,
    signal,
    log: createLogger(channel),
    http,
    files: {
      get scratch() {
        return makeFolder('scratch');
      },
      get staging() {
        return makeFolder('staging');
      },
      quarantine: (record) => quarantine.add(record),
    },
    secrets: task.secrets,
    progress: (progress) => {
      const said = progressOf(progress);
      if (said) channel.progress(said);
    },
    warn: (warning) => {
      const said = warningOf(warning);
      harvest.warnings.push(said);
      channel.log({ level: 'warn', message: said.message, fields: { code: said.code } });
    },
    source: (id) => Promise.resolve(findSource(id, landed)),
    sql: () => {
      sql ??= parts.openSql();
      return sql;
    },
  };
}

function findSource(id: string, landed: ReadonlyMap<string, LandedSource>): LandedSource {
  const source = landed.get(id);
  if (source) return source;
  const declared = [...landed.keys()].join(', ') || 'none';
  const message = `expected a declared source, got \`${id}\`; declared: ${declared}`;
  throw new FailureError({ class: 'error', message, retryable: false });
}

function createLogger(channel: Channel): Logger {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error'): Logger['info'] =>
    (message, fields) =>
      channel.log(lineOf(level, message, fields));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type ComponentHandle, defineDag, type Json } from 'signalbox';
import type { Outcome } from '../../engine/model/outcome.ts';
import { rigComponent } from '../harness/run-component.ts';

export interface AttemptRequest {
  readonly component: ComponentHandle;
  /** Its upstreams, so that the DAG is whole. */
  readonly upstreams?: readonly ComponentHandle[];
  readonly baseUrl: string;
  readonly inputs?: Readonly<Record<string, Json>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export interface AttemptResult {
  readonly outcome: Outcome;
  /** Rows of a staged dataset, by a reader that is not DuckDB. */
  rows(dataset: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface Bench {
  attempt(request: AttemptRequest): Promise<AttemptResult>;
  close(): Promise<void>;
}

/** Carries out attempts of components in this process, each in a folder of its own, all gone at the end. */
export async function openBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-attempt-'));
  let number = 0;
  return {
    attempt: async ({ component, upstreams = [], ...options }) => {
      const dag = defineDag({ id: 'bench', components: [...upstreams, component] });
      const rig = rigComponent(dag, component.id, { ...options, folder: join(root, String(++number)) });
      return { outcome: await rig.attempt(), rows: (dataset) => readRows(join(rig.staging, `${dataset}.parquet`)) };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function readRows(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

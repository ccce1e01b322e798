import type { Kysely } from 'kysely';
import type { DatasetVersion } from '../../engine/model/dataset.ts';
import type { ExplainedSlot } from '../../engine/model/explanation.ts';
import type { ComponentCost } from '../../engine/model/foreseen.ts';
import type { AuditEntry } from '../../engine/model/memory-change.ts';
import type { Scope } from '../../engine/model/ports.ts';
import type { WatchedComponent } from '../../engine/model/watched.ts';
import type { Schema } from '../schema.ts';
import { readAudit } from './audit.ts';
import { readChangedShares } from './changed-shares.ts';
import { readCosts } from './costs.ts';
import { type DatasetOverview, datasetVersions, listDatasets, newestVersion } from './datasets.ts';
import { type RunDetails, readRun } from './run-details.ts';
import { latestRun, listRuns, type RunFilter, type RunRow, runsNamed } from './runs.ts';
import { readSlots } from './slots.ts';
import { type ComponentState, readStatus } from './status.ts';
import { readWatched } from './watched.ts';

/** What was recorded, for people and pages: nothing here writes. */
export interface History {
  /** Newest first. */
  listRuns(filter?: RunFilter): Promise<readonly RunRow[]>;
  latestRun(scope: Scope): Promise<RunRow | undefined>;
  /** The runs that the first or the last part of an id names, newest first. */
  runsNamed(part: string, limit: number): Promise<readonly RunRow[]>;
  /** `id` may be cut short, at its end or its beginning, as long as it names one run; undefined when there is none or more than one. */
  run(id: string): Promise<RunDetails | undefined>;
  /** What components took before, by id. */
  costs(scope: Scope): Promise<ReadonlyMap<string, ComponentCost>>;
  /** Where each component of a DAG stands. */
  statusOf(scope: Scope): Promise<readonly ComponentState[]>;
  /** By component, of the times that it was asked: how often something had changed. */
  changedShares(scope: Scope): Promise<ReadonlyMap<string, number>>;
  /** Components with sources, and what became of their probes. */
  watched(filter: Pick<Scope, 'environment'> & Partial<Scope>): Promise<readonly WatchedComponent[]>;
  /** What was changed by hand about a component, newest first. */
  audit(scope: Scope, component: string, limit: number): Promise<readonly AuditEntry[]>;
  /** What became of the newest slots of a DAG and of one of its components, newest first. */
  slots(scope: Scope, component: string, limit: number): Promise<readonly ExplainedSlot[]>;
  /** The newest version of each dataset, with how many there are. */
  listDatasets(filter: Pick<Scope, 'environment'> & Partial<Scope>): Promise<readonly DatasetOverview[]>;
  newestVersion(scope: Scope, dataset: string): Promise<DatasetVersion | undefined>;
  /** Newest first. */
  datasetVersions(scope: Scope, dataset: string): Promise<readonly DatasetVersion[]>;
}

export function createHistory(database: Kysely<Schema>): History {
  return {
    listRuns: (filter) => listRuns(database, filter),
    latestRun: (scope) => latestRun(database, scope),
    runsNamed: (part, limit) => runsNamed(database, part, limit),
    run: (id) => readRun(database, id),
    costs: (scope) => readCosts(database, scope),
    statusOf: (scope) => readStatus(database, scope),
    changedShares: (scope) => readChangedShares(database, scope),
    watched: (filter) => readWatched(database, filter),
    audit: (scope, component, limit) => readAudit(database, scope, component, limit),
    slots: (scope, component, limit) => readSlots(database, scope, component, limit),
    listDatasets: (filter) => listDatasets(database, filter),
    newestVersion: (scope, dataset) => newestVersion(database, scope, dataset),
    datasetVersions: (scope, dataset) => datasetVersions(database, scope, dataset),
  };
}

/** What the authors of DAGs and components import: `import { component, defineDag } from 'signalbox'`. */

export { component } from './api/component.ts';
export { DagError } from './api/dag-error.ts';
export { defineDag } from './api/define-dag.ts';
export type {
  ComponentDefinition,
  ComponentOptions,
  DagDefinition,
  Dependencies,
  DurationText,
  InputsOf,
  NoDependencies,
  RetryOptions,
} from './api/definition.ts';
export { describeDag } from './api/describe-dag.ts';
export { isDag } from './api/freeze.ts';
export { type ComponentHandle, type OptionalHandle, optional } from './api/handle.ts';
export { type PriorityHandle, priority, type QuotaHandle, type QuotaOptions, quota } from './api/quota.ts';
export type { Command, Component, Dag, Isolation, TriggerRule } from './model/component.ts';
export type {
  CellValue,
  ComponentContext,
  DataInterval,
  Files,
  Logger,
  Progress,
  RunInfo,
  Sql,
  StageOptions,
} from './model/context.ts';
export type { Column, QuarantinedRecord, StagedDataset } from './model/dataset.ts';
export { onDisk } from './model/disk-failure.ts';
export type { PartEvidence, Proof, SourceEvidence } from './model/evidence.ts';
export {
  type Failure,
  type FailureClass,
  FailureError,
  type FailureExtras,
  infraFailure,
  sourceFailure,
} from './model/failure.ts';
export type { HttpAnswer, HttpClient, HttpRequest, LandedBody, Validators } from './model/http.ts';
export type { Json, JsonObject } from './model/json.ts';
export type { Warning } from './model/outcome.ts';
export type { Problem } from './model/problem.ts';
export type { QuotaAsk, QuotaCounter, QuotaObservation, ServiceLimit } from './model/quota.ts';
export type { SandboxHandler, SandboxPart, SandboxRequest, SandboxResponse, SandboxWorld } from './model/sandbox.ts';
export type {
  CkanSource,
  CustomSource,
  FileSource,
  GlobSource,
  HttpPages,
  HttpSource,
  LandedSource,
  ProbeScope,
  Reading,
  RecordCountSource,
  Source,
  SourceScope,
  SqlSource,
} from './model/source.ts';

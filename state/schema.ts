import type { ColumnType, Generated } from 'kysely';
import type { BackfillStatus, Reprocess } from '../engine/model/backfill.ts';
import type { Column } from '../engine/model/dataset.ts';
import type { Verdict } from '../engine/model/decision.ts';
import type { SourceEvidence } from '../engine/model/evidence.ts';
import type { Failure } from '../engine/model/failure.ts';
import type { Json, JsonObject } from '../engine/model/json.ts';
import type { QuarantineSummary, Warning } from '../engine/model/outcome.ts';
import type { EndOfOwner } from '../engine/model/ports.ts';
import type { QuotaPeriod } from '../engine/model/quota.ts';
import type { SlotStatus } from '../engine/model/slot.ts';
import type { AttemptStatus, ComponentRunStatus, RunStatus, Trigger } from '../engine/model/status.ts';
import type { TrustBySource } from '../engine/model/trust.ts';
import type { StoredCheck } from './decision-checks.ts';

/** jsonb: parsed when read; written as text that `toJsonText` made. */
type Jsonb<Value> = ColumnType<Value, string, string>;

export interface OwnerTable {
  readonly id: string;
  readonly host: string;
  readonly boot_id: string | null;
  readonly pid_namespace: string | null;
  readonly pid: number;
  readonly process_started: string | null;
  readonly registered_at: Generated<Date>;
  readonly lease_until: Date;
  readonly retired_at: Date | null;
  readonly ended_by: EndOfOwner | null;
  /** What it sent after it was declared dead, and that changed nothing. */
  readonly refused: Generated<number>;
}

export interface DagVersionTable {
  readonly dag: string;
  readonly version: string;
  readonly definition: Jsonb<JsonObject>;
  readonly first_seen_at: Generated<Date>;
}

export interface RunTable {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly dag_version: string;
  readonly trigger: Trigger;
  readonly forced: boolean;
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly selection: Jsonb<JsonObject>;
  readonly owner: string;
  readonly started_at: Date;
  readonly deadline: Date;
  readonly finished_at: Date | null;
  /** The instant of the schedule that it was made for; null for a manual one. */
  readonly slot: Date | null;
  /** The instant for which it answers. */
  readonly as_of: Date;
  readonly answers_slots: boolean;
  /** Whether its successes are what later runs go on from. False for a backfill. */
  readonly advances: boolean;
  /** Somebody wants it stopped. */
  readonly cancel_asked_at: Date | null;
  readonly cancel_asked_by: string | null;
  readonly cancel_reason: string | null;
  /** The run whose open ends it tries again. */
  readonly retry_of: string | null;
}

export interface ComponentRunTable {
  readonly id: string;
  readonly run_id: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly status: ComponentRunStatus;
  readonly reason: string | null;
  readonly fence: number | null;
  readonly degraded: Generated<boolean>;
  readonly attempts: Generated<number>;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly wall_ms: number | null;
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly output: Jsonb<Json>;
  readonly output_digest: string | null;
  readonly fingerprint: string | null;
  readonly upstream_digests: Jsonb<Readonly<Record<string, string>> | null>;
  readonly failure: Jsonb<Failure | null>;
}

export interface AttemptTable {
  readonly id: string;
  readonly component_run_id: string;
  readonly number: number;
  readonly status: AttemptStatus;
  readonly owner: string;
  readonly fence: number;
  readonly pid: number | null;
  readonly started_at: Date;
  readonly deadline: Date;
  readonly finished_at: Date | null;
  readonly wall_ms: number | null;
  readonly cpu_ms: number | null;
  readonly peak_rss_bytes: number | null;
  readonly calls: number | null;
  readonly bytes_in: number | null;
  readonly failure: Jsonb<Failure | null>;
  readonly warnings: Jsonb<readonly Warning[]>;
  readonly quarantine: Jsonb<QuarantineSummary | null>;
}

export interface DecisionTable {
  readonly component_run_id: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly checks: Jsonb<readonly StoredCheck[]>;
}

export interface ClaimTable {
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly component_run_id: string;
  readonly owner: string;
  readonly fence: number;
  /** The newest success before the component run that holds the claim. */
  readonly last_success: string | null;
  /** Of the successes before it, oldest first, at most 20. */
  readonly recent_wall_ms: Generated<readonly number[]>;
  readonly claimed_at: Generated<Date>;
  /** Of the run that holds it; null when that run does not advance. */
  readonly as_of: Date | null;
  /** Newest as_of of a success or `unchanged` before the component run that holds the claim. */
  readonly answered_until: Date | null;
  /** `unchanged` ends before the component run that holds the claim. */
  readonly skips: Generated<number>;
}

export interface SourceStateTable {
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly fence: number;
  readonly component_run_id: string;
  readonly evidence: Jsonb<readonly SourceEvidence[]>;
  readonly trust: Jsonb<TrustBySource>;
  readonly recorded_at: Date;
}

export interface DatasetVersionTable {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  readonly dataset: string;
  readonly component_run_id: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly digest: string;
  readonly schema: Jsonb<readonly Column[]>;
  readonly evidence: Jsonb<JsonObject>;
  readonly published_at: Date;
  /** False for a version of the past, which is never the newest. */
  readonly advances: Generated<boolean>;
}

export interface BackfillTable {
  readonly id: string;
  readonly environment: string;
  readonly dag: string;
  readonly from_slot: Date;
  readonly to_slot: Date;
  readonly selection: Jsonb<JsonObject>;
  readonly reprocess: Reprocess;
  readonly max_active: number;
  readonly backwards: boolean;
  readonly advances: boolean;
  readonly status: BackfillStatus;
  readonly created_by: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

export interface BackfillSlotTable {
  readonly backfill_id: string;
  readonly slot: Date;
  readonly run_id: string | null;
  /** Null: all that the backfill selects. */
  readonly components: Jsonb<readonly string[]> | null;
}

export interface ScheduleTable {
  readonly environment: string;
  readonly dag: string;
  /** The schedule as text; null until a tick has seen it. */
  readonly digest: string | null;
  readonly watermark: Date;
  readonly others: Jsonb<Readonly<Record<string, string>>>;
  readonly paused_at: Date | null;
  readonly paused_by: string | null;
}

export interface SlotTable {
  readonly environment: string;
  readonly dag: string;
  /** Empty for a slot of the DAG itself. */
  readonly component: string;
  readonly slot: Date;
  /** The last one of `count` missed slots that this row stands for. */
  readonly slot_to: Date | null;
  readonly count: Generated<number>;
  readonly status: SlotStatus;
  readonly trigger: Trigger;
  readonly advances: Generated<boolean>;
  readonly reason: string | null;
  readonly not_before: Date | null;
  readonly deadline: Date | null;
  readonly run_id: string | null;
  readonly evidence: Jsonb<JsonObject>;
  readonly recorded_at: Generated<Date>;
}

export interface TickTable {
  readonly environment: string;
  readonly owner: string;
  readonly host: string;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly is_well: boolean | null;
}

export interface QuotaUsageTable {
  readonly quota: string;
  /** Digest of it; `sandbox` in the sandbox. */
  readonly credential: string;
  readonly per: QuotaPeriod;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly used: number;
  readonly learned_limit: number | null;
  readonly resume_at: Date | null;
  readonly updated_at: Date;
}

/** What people changed by hand. */
export interface AuditTable {
  readonly id: string;
  readonly at: Date;
  readonly who: string;
  readonly environment: string | null;
  readonly dag: string | null;
  readonly component: string | null;
  readonly action: string;
  readonly details: Jsonb<JsonObject>;
}

export interface MigrationTable {
  readonly version: number;
  readonly name: string;
  readonly applied_at: Generated<Date>;
}

/** The tables of schema `signalbox`, as the newest migration leaves them; a test compares them with the database. */
export interface Schema {
  readonly owner: OwnerTable;
  readonly dag_version: DagVersionTable;
  readonly run: RunTable;
  readonly component_run: ComponentRunTable;
  readonly attempt: AttemptTable;
  readonly decision: DecisionTable;
  readonly claim: ClaimTable;
  readonly source_state: SourceStateTable;
  readonly dataset_version: DatasetVersionTable;
  readonly schedule: ScheduleTable;
  readonly slot: SlotTable;
  readonly tick: TickTable;
  readonly quota_usage: QuotaUsageTable;
  readonly audit: AuditTable;
  readonly backfill: BackfillTable;
  readonly backfill_slot: BackfillSlotTable;
  readonly migration: MigrationTable;
}

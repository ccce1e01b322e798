import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import type { SettingsLayer } from '../../config/schema.ts';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { readyDag } from '../../engine/embed/ready-dag.ts';
import { type Lent, runOnce } from '../../engine/embed/run-once.ts';
import { runDue } from '../../engine/embed/tick/run-due.ts';
import { tickDag } from '../../engine/embed/tick/tick-dag.ts';
import type { Dag } from '../../engine/model/component.ts';
import type { Clock } from '../../engine/model/ports.ts';
import type { RunSummary } from '../../engine/model/summary.ts';
import type { DagTick } from '../../engine/model/tick.ts';
import { openState, type State } from '../../state/open-state.ts';
import { createDatabase } from './postgres.ts';

/** The real clocks, but for the time of day, which is as the test says. */
export interface WallClock extends Clock {
  set(instant: string): void;
}

function createWallClock(instant: string): WallClock {
  let now = new Date(instant);
  return {
    ...systemClock,
    now: () => now,
    set: (next) => {
      now = new Date(next);
    },
  };
}

/** A slot as the database has it, `09:00 created scheduled`. */
export interface SlotRow {
  readonly component: string;
  readonly slot: Date;
  readonly slot_to: Date | null;
  readonly count: number;
  readonly status: string;
  readonly trigger: string;
  readonly reason: string | null;
  readonly run_id: string | null;
}

/** Ticks on a real database, inline, under a time of day that the test holds in its hand. */
export interface TickRig {
  readonly clock: WallClock;
  readonly state: State;
  readonly lent: Lent;
  /** At the instant, if one is given, a tick does its work for the DAG. */
  tick(dag: Dag, instant?: string): Promise<DagTick>;
  runDue(dag: Dag, instant?: string): Promise<DagTick>;
  /** A run by hand. */
  run(dag: Dag): Promise<RunSummary>;
  /** Resolves when some run has begun to wait for a claim that another one holds. */
  waiting(): Promise<void>;
  /** Oldest first. */
  slots(dag: Dag): Promise<readonly SlotRow[]>;
  /** The same in words: `2026-03-02T09:00Z created scheduled`. */
  story(dag: Dag): Promise<readonly string[]>;
  close(): Promise<void>;
}

export async function openTickRig(settings: SettingsLayer = {}): Promise<TickRig> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-tick-')));
  const database = await createDatabase();
  const state = await openState({ home, databaseUrl: database.url });
  const owner = await state.owners.register();
  const clock = createWallClock('2026-03-02T00:00:00Z');
  const config = loadConfig({ environment: 'dev', directory: home, home, overrides: settings, processEnvironment: {} });
  const waiters: (() => void)[] = [];
  const lent: Lent = {
    config,
    clock,
    state: () => Promise.resolve(state),
    owner: () => Promise.resolve(owner),
    ownerId: () => owner.id,
    emit: (event) => {
      if (event.type === 'component_waiting') for (const told of waiters.splice(0)) told();
    },
  };
  const at = async (work: typeof tickDag, dag: Dag, instant: string | undefined) => {
    if (instant !== undefined) clock.set(instant);
    const done = await work(await readyDag(dag, config), {}, lent);
    if (done.error !== undefined) throw done.error;
    return done;
  };
  const slots = (dag: Dag) =>
    state.database
      .selectFrom('slot')
      .select(['component', 'slot', 'slot_to', 'count', 'status', 'trigger', 'reason', 'run_id'])
      .where('dag', '=', dag.id)
      .orderBy('slot')
      .orderBy('component')
      .execute();
  return {
    clock,
    state,
    lent,
    tick: (dag, instant) => at(tickDag, dag, instant),
    runDue: (dag, instant) => at(runDue, dag, instant),
    run: async (dag) => runOnce(await readyDag(dag, config), {}, lent),
    waiting: () => new Promise((resolve) => waiters.push(resolve)),
    slots,
    story: async (dag) => (await slots(dag)).map(inWords),
    close: async () => {
      await state.close();
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function inWords({ component, slot, slot_to: to, count, status, trigger, reason }: SlotRow): string {
  const range = to ? [`to ${minute(to)}`, `(${count})`] : [];
  return [component, minute(slot), ...range, status, reason ?? trigger].filter((word) => word !== '').join(' ');
}

function minute(instant: Date): string {
  return instant.toISOString().replace(':00.000Z', 'Z');
}

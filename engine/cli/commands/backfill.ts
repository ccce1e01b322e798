import { userInfo } from 'node:os';
import { systemClock } from '../../clock/system-clock.ts';
import { createEngine } from '../../embed/create-engine.ts';
import type { Engine } from '../../embed/engine.ts';
import type { Backfill, NewBackfill, Reprocess } from '../../model/backfill.ts';
import { programName } from '../../model/program.ts';
import { plannedLine, renderBackfill, renderBackfills, slotWords, standingLine } from '../../report/backfill-text.ts';
import { exitCodes } from '../exit-codes.ts';
import { findBackfill } from '../find-backfill.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { namedDag, requireKnown, withEnvironment } from '../project.ts';
import { openReporter, type ReportFlags, reported } from '../reporting.ts';
import { requireDag } from '../require-dag.ts';
import { requireEnvironment } from '../require-environment.ts';
import { catchStopSignals } from '../stop-signals.ts';
import { tellTick, tickExitCode } from '../tell-tick.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface WorkFlags extends ReportFlags {
  readonly env?: string;
  readonly sandboxData?: string;
}

interface CreateFlags extends WorkFlags {
  readonly dag?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly component?: readonly string[];
  readonly reprocess: Reprocess;
  readonly maxActive: number;
  readonly runBackwards?: boolean;
  readonly advanceCursor?: boolean;
  readonly dryRun?: boolean;
  readonly detach?: boolean;
  readonly clears?: boolean;
}

/** Records the backfill and makes its runs; with --detach the ticks make them, and with --dry-run nobody does. */
export async function backfillCreate(terminal: Terminal, flags: CreateFlags): Promise<number> {
  const engine = createEngine({ environment: requireEnvironment(flags.env) });
  try {
    const dag = requireDag(flags.dag);
    await requireFindable(dag);
    const options = optionsOf(flags);
    const { backfill, left } = await (flags.dryRun
      ? engine.planBackfill(dag, options)
      : engine.createBackfill(dag, options));
    tellPlanned(terminal, flags, backfill, left);
    if (flags.dryRun || flags.detach || backfill.slots.length === 0) return exitCodes.success;
    return await work(terminal, flags, engine, { ...backfill, status: 'running', finishedAt: null, counts: {} });
  } finally {
    await engine.close();
  }
}

/** Its runs are made by whoever finds the DAG by its id, also later: a file elsewhere is found by nobody. */
async function requireFindable(name: string): Promise<void> {
  const { dag } = await namedDag(name);
  if (dag.id !== name) await namedDag(dag.id);
}

function optionsOf(flags: CreateFlags) {
  const { from, to, component, reprocess, maxActive, runBackwards = false, advanceCursor = false } = flags;
  const { clears = false } = flags;
  if (!from || !to)
    throw new UsageError('expected --from and --to, got not both', 'Both are instants such as 2026-03-01.');
  return {
    from,
    to,
    reprocess,
    maxActive,
    backwards: runBackwards,
    advances: advanceCursor,
    clears,
    createdBy: userInfo().username,
    ...(component === undefined ? {} : { components: component }),
  };
}

function tellPlanned(terminal: Terminal, flags: CreateFlags, backfill: NewBackfill, left: readonly Date[]): void {
  const { id, slots } = backfill;
  const isRecorded = !flags.dryRun && slots.length > 0;
  if (flags.output === 'json') {
    if (!isRecorded || flags.detach) printJson(terminal, { ...backfill, id: isRecorded ? id : null, left });
    return;
  }
  if (!flags.quiet) terminal.err(plannedLine(backfill, left.length, flags.dryRun ?? false));
  if (flags.dryRun) terminal.out(slots.map((slot) => `${slotWords(slot)}\n`).join(''));
  else if (flags.detach && isRecorded) terminal.out(`${id}\n`);
}

/** Goes on with a backfill that was detached, stopped or killed. */
export async function backfillRun(terminal: Terminal, flags: WorkFlags, name: string): Promise<number> {
  const environment = requireEnvironment(flags.env);
  const engine = createEngine({ environment });
  try {
    const backfill = await findBackfill(await engine.state(), environment, name);
    if (backfill.status === 'running') return await work(terminal, flags, engine, backfill);
    throw new UsageError(`expected a backfill that goes on, got ${backfill.id}, which is ${backfill.status}`);
  } finally {
    await engine.close();
  }
}

async function work(terminal: Terminal, flags: WorkFlags, engine: Engine, backfill: Backfill): Promise<number> {
  const { dag, environment, id } = backfill;
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((line) => shown.note(line));
  const { sandboxData } = flags;
  const { signal, hurry } = stopping;
  const options = { signal, hurry, ...(sandboxData === undefined ? {} : { sandboxData }) };
  try {
    const runs = await reported(engine, shown, () => engine.workBackfill(backfill, options));
    shown.close();
    const done = { environment, dags: [{ dag, runs, passed: [] }], broken: [] };
    // Without a run of ours others make them, or none waits.
    if (runs.length > 0 || flags.output === 'json') tellTick(done, flags, terminal);
    const now = await findBackfill(await engine.state(), environment, id);
    if (!flags.quiet) terminal.err(standingLine(now));
    // Stopped, or made way for what is due now.
    if (now.status === 'running' && (now.counts.due ?? 0) > 0)
      terminal.err(`the rest: ${programName} backfill run ${id} --env ${environment}, or a tick\n`);
    return tickExitCode(done, stopping.received);
  } finally {
    shown.close();
    stopping.release();
  }
}

interface ReadFlags extends OutputFlags {
  readonly env: string;
  readonly dag?: string;
}

export async function backfillList(terminal: Terminal, flags: ReadFlags): Promise<number> {
  const { env: environment, dag } = flags;
  const filter = { environment, ...(dag === undefined ? {} : { dag }) };
  const found = await withEnvironment(environment, ({ backfills }) => backfills.list(filter));
  if (found.length === 0) await requireKnown(dag);
  if (flags.output === 'json') printJson(terminal, found);
  else if (found.length === 0) terminal.err(`no backfills in environment ${environment}\n`);
  else terminal.out(renderBackfills(found));
  return exitCodes.success;
}

export async function backfillStatus(terminal: Terminal, flags: ReadFlags, name: string): Promise<number> {
  const [backfill, slots] = await withEnvironment(flags.env, async (state) => {
    const found = await findBackfill(state, flags.env, name);
    return [found, await state.backfills.slots(found.id)] as const;
  });
  if (flags.output === 'json') printJson(terminal, { ...backfill, slots });
  else terminal.out(renderBackfill(backfill, slots));
  return exitCodes.success;
}

export async function backfillCancel(
  terminal: Terminal,
  { env }: { readonly env?: string },
  name: string,
): Promise<number> {
  const environment = requireEnvironment(env);
  const { id, isNew } = await withEnvironment(environment, async (state) => {
    const found = await findBackfill(state, environment, name);
    return { id: found.id, isNew: await state.backfills.cancel(found.id, systemClock.now()) };
  });
  terminal.err(
    isNew
      ? `backfill ${id} is cancelled; a run that is at work ends by itself\n`
      : `backfill ${id} had ended already\n`,
  );
  return exitCodes.success;
}

import type { Tick } from '../embed/tick/options.ts';
import { programName } from '../model/program.ts';
import { showTime } from '../model/show-time.ts';
import type { DagTick, PassedSlot, SlotRun } from '../model/tick.ts';
import { renderSummary } from '../report/summary-text.ts';
import { pausedWords, words } from '../report/wording.ts';
import { exitCodeOf, exitCodes, type StopSignal } from './exit-codes.ts';
import { explainError, loadErrorText } from './explain-error.ts';
import type { ReportFlags } from './reporting.ts';
import type { Terminal } from './terminal.ts';

/** The worst of all: what went wrong in one DAG is not outweighed by what went well in others. */
export function tickExitCode({ dags, broken }: Tick, signal: StopSignal | undefined): number {
  return Math.max(
    signal === undefined ? exitCodes.success : exitCodes[signal],
    broken.length > 0 ? exitCodes.failed : exitCodes.success,
    ...dags.map((dag) => dagExitCode(dag, signal)),
  );
}

function dagExitCode({ runs, error }: DagTick, signal: StopSignal | undefined): number {
  const thrown = error === undefined ? exitCodes.success : explainError(error).exitCode;
  return Math.max(thrown, ...runs.map(({ summary }) => exitCodeOf(summary, signal)));
}

/** Results on stdout. Quiet is for cron, which mails whatever is printed: when all is well it says nothing. */
export function tellTick(tick: Tick, flags: ReportFlags, terminal: Terminal): void {
  for (const error of tick.broken) terminal.err(loadErrorText(error));
  for (const { dag, error } of tick.dags) {
    if (error !== undefined) terminal.err(explainError(error).text.replace(/^signalbox: /, `signalbox: ${dag}: `));
  }
  if (flags.output === 'json') {
    tellJson(tick, terminal);
    return;
  }
  const lines = tick.dags.flatMap((dag) => dagLines(dag, tick.environment, flags.quiet ?? false, terminal));
  if (flags.quiet) terminal.err(lines.join(''));
  else terminal.out(lines.length > 0 ? lines.join('') : 'nothing was due\n');
}

function dagLines(
  { dag, paused, ahead, runs, passed }: DagTick,
  environment: string,
  isQuiet: boolean,
  terminal: Terminal,
): readonly string[] {
  const paint = isQuiet ? terminal.errPaint : terminal.outPaint;
  const isTold = ({ summary }: SlotRun) => !isQuiet || exitCodeOf(summary, undefined) !== exitCodes.success;
  const isLost = ({ reason }: PassedSlot) => !isQuiet || (reason !== 'superseded' && reason !== 'paused');
  return [
    ...(paused && !isQuiet ? [`${pausedWords(dag, paused)}\n`] : []),
    ...(ahead ? [`${dag}: ${aheadWords(ahead, dag, environment)}\n`] : []),
    ...passedLines(dag, passed.filter(isLost)),
    ...runs.filter(isTold).map((run) => `${headingOf(run)}${renderSummary(run.summary, paint)}`),
  ];
}

function aheadWords(ahead: Date, dag: string, environment: string): string {
  const [pause, unpause] = ['pause', 'unpause'].map(
    (command) => `${programName} ${command} ${dag} --env ${environment}`,
  );
  return `its slots are on record up to ${showTime(ahead)}, because a clock was ahead; until then none is made. To begin anew from now: ${pause}, then ${unpause}`;
}

function headingOf({ slot, trigger }: SlotRun): string {
  return slot === undefined ? 'for what was due:\n' : `for the slot of ${showTime(slot)} (${words(trigger)}):\n`;
}

/** One line for all that share a reason. */
function passedLines(dag: string, passed: readonly PassedSlot[]): readonly string[] {
  const groups = new Map<string, PassedSlot[]>();
  for (const slots of passed) {
    const key = `${slots.component} ${slots.status} ${slots.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), slots]);
  }
  return [...groups.values()].map((group) => {
    const [first, last] = [group[0], group.at(-1)] as [PassedSlot, PassedSlot];
    const count = group.reduce((sum, slots) => sum + slots.count, 0);
    const name = first.component === '' ? dag : `${dag}.${first.component}`;
    const span = count === 1 ? showTime(first.slot) : `${showTime(first.slot)} to ${showTime(last.to ?? last.slot)}`;
    return `${name} ${first.status} ${count === 1 ? 'the slot' : `${count} slots`} of ${span}: ${words(first.reason)}\n`;
  });
}

/** After the events of the runs: a line for each slot without a run, and the summary as the last one. */
function tellJson({ environment, dags, broken }: Tick, { out }: Terminal): void {
  for (const { dag, passed } of dags) {
    for (const slot of passed) out(`${JSON.stringify({ type: 'slot', environment, dag, ...slot })}\n`);
  }
  const summary = {
    type: 'summary',
    environment,
    dags: dags.map(({ dag, paused, ahead, runs, passed, error }) => ({
      dag,
      ...(ahead && { ahead }),
      ...(paused && { paused }),
      runs: runs.map(({ slot, trigger, summary: { runId, status } }) => ({ runId, slot, trigger, status })),
      passed: passed.reduce((sum, { count }) => sum + count, 0),
      ...(error !== undefined && { error: explainError(error).text.trim() }),
    })),
    broken: broken.map(({ where, message }) => ({ where, message })),
  };
  out(`${JSON.stringify(summary)}\n`);
}

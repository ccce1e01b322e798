import { loadProject } from '../../../config/load.ts';
import type { AttemptRow } from '../../../state/history/attempts.ts';
import type { ComponentRunRow, RunDetails } from '../../../state/history/run-details.ts';
import type { RunRow } from '../../../state/history/runs.ts';
import { formatDuration } from '../../model/duration.ts';
import { showTime } from '../../model/show-time.ts';
import { oneLine } from '../../report/printable.ts';
import { formatNumber } from '../../report/quantity.ts';
import { words } from '../../report/wording.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { type OutputFlags, printJson, printRows } from '../print.ts';
import { requireKnown, withEnvironment, withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface HistoryFlags extends OutputFlags {
  readonly dag?: string;
  readonly env: string;
  readonly limit: number;
  readonly run?: string;
}

export async function history(terminal: Terminal, flags: HistoryFlags): Promise<number> {
  if (flags.run === undefined) await listRuns(terminal, flags);
  else await showRun(terminal, flags, flags.run);
  return exitCodes.success;
}

async function listRuns(terminal: Terminal, flags: HistoryFlags): Promise<void> {
  const { dag, env, limit } = flags;
  const filter = { environment: env, limit, ...(dag === undefined ? {} : { dag }) };
  const runs = await withEnvironment(env, ({ history: past }) => past.listRuns(filter));
  if (runs.length === 0) await requireKnown(dag);
  if (runs.length > 0 && flags.output === 'table') terminal.err(`environment ${env}\n`);
  printRows(terminal, flags, runs, runColumns, `no runs in environment ${env}${dag === undefined ? '' : ` of ${dag}`}`);
}

const runColumns = [
  { title: 'run', cell: ({ id }: RunRow) => id },
  { title: 'dag', cell: ({ dag }: RunRow) => dag },
  { title: 'status', cell: ({ status, reason }: RunRow) => `${words(status)}${reason ? ` (${words(reason)})` : ''}` },
  { title: 'trigger', cell: triggerOf },
  { title: 'started', cell: ({ startedAt }: RunRow) => showTime(startedAt) },
  { title: 'took', cell: tookOf, align: 'right' as const },
  { title: 'components', cell: countsOf },
];

function triggerOf({ trigger, forced, retryOf }: RunRow): string {
  const of = retryOf === null ? '' : ` of ${retryOf.slice(-6)}`;
  return `${trigger}${of}${forced ? ', forced' : ''}`;
}

function tookOf({ startedAt, finishedAt }: Pick<ComponentRunRow, 'startedAt' | 'finishedAt'>): string {
  return startedAt && finishedAt ? formatDuration(finishedAt.getTime() - startedAt.getTime()) : '';
}

function countsOf({ counts }: RunRow): string {
  return Object.entries(counts)
    .map(([status, count]) => `${count} ${words(status)}`)
    .join(', ');
}

async function showRun(terminal: Terminal, flags: HistoryFlags, id: string): Promise<void> {
  const run = await withState(loadProject(), (state) => findRun(state, id, flags.env));
  if (flags.output === 'json') {
    printJson(terminal, run);
    return;
  }
  terminal.out(`${heading(run)}${run.components.map(componentText).join('')}`);
}

/** What somebody did about it, and the runs that it is linked with. */
function actedOn({ cancel, retryOf, retries }: RunDetails): readonly string[] {
  const why = cancel?.reason ? `: ${oneLine(cancel.reason)}` : '';
  return [
    ...(cancel ? [`${cancel.by} wanted it stopped at ${showTime(cancel.at)}${why}`] : []),
    ...(retryOf === null ? [] : [`tries again what was open of run ${retryOf}`]),
    ...(retries.length === 0 ? [] : [`what was open of it was tried again in run ${retries.join(', ')}`]),
  ];
}

function heading(run: RunDetails): string {
  const selection = Object.keys(run.selection).length === 0 ? '' : `, asked for ${JSON.stringify(run.selection)}`;
  const how = `${run.trigger}${run.forced ? ', forced' : ''}${selection}`;
  const status = `${words(run.status)}${run.reason ? ` (${words(run.reason)})` : ''}`;
  return [
    `run ${run.id}`,
    `${run.dag} in ${run.environment}: ${status}${run.finishedAt ? ` in ${tookOf(run)}` : ''}; ${countsOf(run)}`,
    `${how}; started ${showTime(run.startedAt)} by process ${run.owner.pid} on ${run.owner.host}`,
    ...actedOn(run),
    '',
    '',
  ].join('\n');
}

function componentText(component: ComponentRunRow): string {
  const { status, reason, rows, degraded, failure } = component;
  const took = tookOf(component);
  const facts = [
    `${words(status)}${reason ? ` (${words(reason)})` : ''}`,
    ...(took === '' ? [] : [took]),
    ...(rows === null ? [] : [`${formatNumber(rows)} rows`]),
    ...(degraded ? ['degraded'] : []),
  ];
  const checks = component.decision?.checks ?? [];
  return [
    `${component.component}: ${facts.join(', ')}`,
    ...checks.map(
      ({ check, result, because }) => `  ${result === 'decided' ? '>' : ' '} ${check}: ${oneLine(because)}`,
    ),
    ...component.attempts.map(attemptLine),
    ...(failure && component.attempts.length === 0 ? [`    ${oneLine(failure.message)}`] : []),
    '',
  ].join('\n');
}

function attemptLine({ number, status, metrics, failure, pid }: AttemptRow): string {
  const took = metrics ? ` ${formatDuration(metrics.wallMs)}` : '';
  const where = pid === null ? '' : `, process ${pid}`;
  const why = failure ? `: ${oneLine(failure.message)}` : '';
  return `    attempt ${number} ${words(status)}${took}${where}${why}`;
}

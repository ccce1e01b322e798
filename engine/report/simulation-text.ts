import { formatDuration } from '../model/duration.ts';
import { showTime } from '../model/show-time.ts';
import type { ComponentTotal, Finding, SimulatedRun, Simulation } from '../model/simulation.ts';
import type { Paint } from './paint.ts';
import { formatCount, formatNumber } from './quantity.ts';
import { renderTable } from './table.ts';
import { words } from './wording.ts';

/** The future of a DAG: what each component will do, day by day, and what will go wrong. */
export function renderSimulation(simulation: Simulation, paint: Paint): string {
  const { dag, environment, from, to, runs, components, findings } = simulation;
  const span = `${showTime(from)} to ${showTime(to)}`;
  const heading = `${paint.bold(dag)} in ${environment}, ${span}: ${formatCount(runs.length, 'run')}`;
  if (runs.length === 0) return `${heading}; it has no slot in this time\n`;
  return [
    `${heading}\n`,
    renderTable(componentColumns, components),
    '\n',
    renderTable(dayColumns, daysOf(runs)),
    '\n',
    findings.length === 0
      ? `${paint.green('nothing will go wrong')}\n`
      : findings.map((found) => findingLine(found, paint)).join(''),
  ].join('');
}

const count = (value: number | undefined) => (value === undefined ? '' : formatNumber(value));

const componentColumns = [
  { title: 'component', cell: ({ component }: ComponentTotal) => component },
  { title: 'run', cell: ({ verdicts }: ComponentTotal) => count(verdicts.run), align: 'right' as const },
  { title: 'unchanged', cell: ({ verdicts }: ComponentTotal) => count(verdicts.unchanged), align: 'right' as const },
  { title: 'skip', cell: ({ verdicts }: ComponentTotal) => count(verdicts.skip), align: 'right' as const },
  { title: 'defer', cell: ({ verdicts }: ComponentTotal) => count(verdicts.defer), align: 'right' as const },
  { title: 'work', cell: ({ workMs }: ComponentTotal) => formatDuration(workMs), align: 'right' as const },
  { title: 'calls', cell: ({ calls }: ComponentTotal) => count(calls), align: 'right' as const },
  {
    title: 'longest wait',
    cell: ({ longestWaitMs }: ComponentTotal) => formatDuration(longestWaitMs),
    align: 'right' as const,
  },
  {
    title: 'duration from',
    cell: ({ duration }: ComponentTotal) =>
      duration === 'learned' ? 'its past runs' : 'its timeout, it has not run yet',
  },
];

interface Day {
  readonly day: string;
  readonly runs: readonly SimulatedRun[];
}

const dayColumns = [
  { title: 'day (UTC)', cell: ({ day }: Day) => day },
  { title: 'runs', cell: ({ runs }: Day) => count(runs.length), align: 'right' as const },
  { title: 'attempts', cell: ({ runs }: Day) => count(attemptsOf(runs)), align: 'right' as const },
  {
    title: 'at once',
    cell: ({ runs }: Day) => count(Math.max(...runs.map(({ peak }) => peak))),
    align: 'right' as const,
  },
  {
    title: 'longest run',
    cell: ({ runs }: Day) => formatDuration(Math.max(...runs.map(lengthOf))),
    align: 'right' as const,
  },
];

function attemptsOf(runs: readonly SimulatedRun[]): number {
  return runs.reduce((sum, run) => sum + run.components.filter(({ verdict }) => verdict === 'run').length, 0);
}

const lengthOf = ({ slot, end }: SimulatedRun) => end.getTime() - slot.getTime();

function daysOf(runs: readonly SimulatedRun[]): readonly Day[] {
  const days = new Map<string, SimulatedRun[]>();
  for (const run of runs) {
    const day = run.slot.toISOString().slice(0, 10);
    const others = days.get(day);
    if (others) others.push(run);
    else days.set(day, [run]);
  }
  return [...days].map(([day, ofDay]) => ({ day, runs: ofDay }));
}

function findingLine({ kind, subject, message, count: times, first, last }: Finding, paint: Paint): string {
  const when = times === 1 ? showTime(first) : `${formatNumber(times)} times, ${showTime(first)} to ${showTime(last)}`;
  return `${paint.yellow(words(kind))} ${subject}: ${message}; ${when}\n`;
}

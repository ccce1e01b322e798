import { join } from 'node:path';
import { formatDuration } from '../model/duration.ts';
import type { Failure } from '../model/failure.ts';
import { programName } from '../model/program.ts';
import { isFailing } from '../model/status.ts';
import type { ComponentEnd, RunSummary } from '../model/summary.ts';
import { colourOf } from './console-lines.ts';
import type { Paint } from './paint.ts';
import { clip, oneLine, printable } from './printable.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { decidingSentence, publishedWords, sandboxWords, words } from './wording.ts';

/** More components than this are counted, not listed; failures are told one by one all the same. */
const listedMax = 50;
/** Columns of a failure in the table; all of it is told below. */
const whyMax = 72;

/** What a person reads when a run is over: how it went, each component, what went wrong and what to do, where the data is. */
export function renderSummary(summary: RunSummary, paint: Paint): string {
  const sections = [
    heading(summary, paint),
    componentLines(summary),
    failureLines(summary, paint),
    refusedLine(summary),
    noteLines(summary),
    places(summary),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function heading(
  { dag, environment, status, reason, durationMs, counts, rows, sandbox, runId }: RunSummary,
  paint: Paint,
) {
  const paintStatus = status === 'success' ? paint.green : paint.red;
  const why = reason === undefined || reason === 'run_timed_out' ? '' : ` (${words(reason)})`;
  const shown = Object.entries(counts).map(([name, count]) => `${count} ${words(name)}`);
  const data = sandbox ? `, ${sandboxWords(sandbox)}` : '';
  return [
    `${paint.bold(dag)} in ${environment}${data}: ${paintStatus(words(status))}${why} in ${formatDuration(durationMs)}`,
    `${shown.join(', ')}; ${formatCount(rows, 'row')} published; run ${runId}`,
    '',
  ].join('\n');
}

function componentLines({ components, runId, heldBy }: RunSummary): string {
  if (components.length > listedMax) return `${seeHistory(runId)}\n`;
  return renderTable(
    [
      { title: 'component', cell: ({ component }) => component },
      { title: 'status', cell: ({ status }) => words(status) },
      {
        title: 'time',
        cell: ({ attempts, durationMs }) => (attempts > 0 ? formatDuration(durationMs) : ''),
        align: 'right',
      },
      { title: 'rows', cell: rowsOf, align: 'right' },
      { title: 'why', cell: (end) => shortWhyOf(end, heldBy[end.component]) },
    ],
    components,
  );
}

function seeHistory(runId: string): string {
  return `Each component: ${programName} history --run ${runId}`;
}

function rowsOf({ datasets }: ComponentEnd): string {
  return datasets.length === 0 ? '' : publishedWords(datasets, '').replace(/ rows? in .*/, '');
}

/** Of what went wrong that it ran is plain: the row tells what kept it from its end. */
function shortWhyOf(end: ComponentEnd, holder: string | undefined): string {
  if (holder !== undefined) return `held by run ${holder}`;
  // All of it: when it resumes comes last.
  if (end.status === 'deferred' && end.failure) return oneLine(end.failure.message);
  if (!isFailing(end.status) || !end.failure) return whyOf(end);
  const [firstLine = ''] = end.failure.message.trim().split('\n');
  return clip(oneLine(firstLine), whyMax);
}

function whyOf({ decision, reason, degraded }: ComponentEnd): string {
  const why = decision ? decidingSentence(decision) : words(reason);
  return degraded ? `${why}; degraded` : why;
}

function failureLines({ components, heldBy }: RunSummary, paint: Paint): string {
  const busy = Object.entries(heldBy).map(([component, run]) => `${paint.red(component)}: held by run ${run}\n`);
  const failed = components.filter(({ status }) => isFailing(status)).map((end) => failureText(end, paint));
  return [...busy, ...failed].join('');
}

function failureText(end: ComponentEnd, paint: Paint): string {
  const { component, status, failure, attempts } = end;
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  const why = failure ? printable(failure.message) : whyOf(end);
  const hint = failure?.hint === undefined ? '' : `  ${printable(failure.hint).replaceAll('\n', '\n  ')}\n`;
  return `${colourOf(status, paint)(`${component} ${words(status)}${tries}`)}: ${why}\n${placeOfThrow(failure)}${hint}`;
}

/** The line of the author's that threw: the message of an exception seldom says more than what it met. */
function placeOfThrow(failure: Failure | undefined): string {
  if (failure?.class !== 'error' || failure.stack === undefined) return '';
  const frames = failure.stack.split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  const frame = frames.find((line) => !/node:|[\\/]node_modules[\\/]/.test(line));
  return frame === undefined ? '' : `  ${printable(frame.trim())}\n`;
}

/** The lease was over, most often because the process was stopped for longer than that. */
function refusedLine({ refused, runId }: RunSummary): string {
  if (refused === 0) return '';
  const records = formatCount(refused, 'late record');
  return `another engine has taken over: ${records} of this one changed nothing. ${seeHistory(runId)}\n`;
}

/** What is no failure but worth knowing: warnings, and how much was put aside. */
function noteLines({ components, storageRoot }: RunSummary): string {
  return components
    .flatMap(({ component, warnings, quarantine }) => [
      ...warnings.map(({ message }) => `${component} warning: ${oneLine(message)}\n`),
      ...(quarantine && quarantine.records > 0
        ? [
            `${component} quarantine: ${formatCount(quarantine.records, 'record')}${placeOf(quarantine.file, storageRoot)}\n`,
          ]
        : []),
    ])
    .join('');
}

function placeOf(file: string | undefined, storageRoot: string): string {
  return file === undefined ? '' : ` in ${join(storageRoot, file)}`;
}

function places({ components, storageRoot, environment }: RunSummary): string {
  const hasOutputs = components.some(({ datasets, status }) => datasets.length > 0 || status === 'unchanged');
  if (!hasOutputs) return '';
  return `outputs: ${join(storageRoot, 'curated')} (${programName} data list --env ${environment})\n`;
}

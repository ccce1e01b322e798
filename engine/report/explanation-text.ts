import type { ExplainedRun, ExplainedSlot, Explanation } from '../model/explanation.ts';
import { programName } from '../model/program.ts';
import type { Paint } from './paint.ts';
import { oneLine, printable } from './printable.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { decidingSentence, words } from './wording.ts';

/** Why one component ran or did not: the checks in order, what would make it run, and what it needs to run by itself. */
export function renderExplanation(explanation: Explanation, paint: Paint): string {
  const { dag, component, environment, run } = explanation;
  const name = paint.bold(`${dag}.${component}`);
  const heading = run ? runLines(run) : [`no run has decided about it in ${environment} yet`];
  return [
    `${name} in ${environment}: ${heading.join('\n')}`,
    ...(run?.decision?.checks ?? []).map(({ check, result, because }) => {
      const line = `${result === 'decided' ? '>' : ' '} ${words(check)}: ${oneLine(because)}`;
      return result === 'decided' ? paint.bold(line) : line;
    }),
    '',
    'what would make it run:',
    ...explanation.toRun.map((way) => `  ${printable(way)}`),
    '',
    'what it needs to run by itself:',
    ...explanation.checklist.map(({ item, ok, because }) => {
      return `${ok ? paint.green('  ok ') : paint.red('  no ')} ${words(item)}: ${oneLine(because)}`;
    }),
    ...slotLines(explanation.slots),
    '',
  ].join('\n');
}

function runLines({ runId, trigger, startedAt, status, reason, failure }: ExplainedRun): readonly string[] {
  const why = reason === null ? '' : ` (${words(reason)})`;
  return [
    `${words(status)}${why} in run ${runId}, ${trigger}, ${startedAt.toISOString()}`,
    ...(failure ? [`  ${printable(failure.message)}`, ...(failure.hint ? [`  ${printable(failure.hint)}`] : [])] : []),
  ];
}

function slotLines(slots: readonly ExplainedSlot[]): readonly string[] {
  return slots.length === 0 ? [] : ['', 'slots, newest first:', ...slots.map((slot) => `  ${slotLine(slot)}`)];
}

function slotLine({ slot, to, count, status, reason, runId, notBefore }: ExplainedSlot): string {
  const range = to === null ? '' : ` to ${to.toISOString()}, ${formatCount(count, 'slot')}`;
  const why = reason === null ? '' : ` (${words(reason)})`;
  const run = runId === null ? '' : ` run ${runId}`;
  const when = notBefore === null || status !== 'due' ? '' : `, not before ${notBefore.toISOString()}`;
  return `${slot.toISOString()}${range} ${status}${why}${run}${when}`;
}

/** All components of a DAG, a line for each. */
export function renderExplanations(explanations: readonly Explanation[], paint: Paint): string {
  const [first] = explanations;
  if (!first) return '';
  const table = renderTable(
    [
      { title: 'component', cell: ({ component }: Explanation) => component },
      { title: 'status', cell: ({ run }) => (run ? words(run.status) : 'no run yet') },
      { title: 'why', cell: ({ run }) => (run?.decision ? decidingSentence(run.decision) : words(run?.reason ?? '')) },
      { title: 'by itself', cell: byItself },
    ],
    explanations,
  );
  const run = first.run ? `, run ${first.run.runId}` : '';
  const more = `Each in full: ${programName} explain ${first.dag}.<component> --env ${first.environment}`;
  return `${paint.bold(first.dag)} in ${first.environment}${run}\n${table}${more}\n`;
}

/** The first thing that keeps it from running without being asked. */
function byItself({ checklist }: Explanation): string {
  const missing = checklist.find(({ ok }) => !ok);
  return missing ? `no, ${words(missing.item)}: ${oneLine(missing.because)}` : 'yes';
}

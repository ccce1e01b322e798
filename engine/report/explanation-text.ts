import type { ExplainedRun, ExplainedSlot, Explanation } from '../model/explanation.ts';
import { programName } from '../model/program.ts';
import { showTime } from '../model/show-time.ts';
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
    `what would make it run${run?.decision?.verdict === 'run' ? ' again' : ''}:`,
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
    `${words(status)}${why} in run ${runId}, ${trigger}, started ${showTime(startedAt)}`,
    ...(failure ? [`  ${printable(failure.message)}`, ...(failure.hint ? [`  ${printable(failure.hint)}`] : [])] : []),
  ];
}

function slotLines(slots: readonly ExplainedSlot[]): readonly string[] {
  return slots.length === 0 ? [] : ['', 'slots, newest first:', ...slots.map((slot) => `  ${slotLine(slot)}`)];
}

function slotLine({ slot, to, count, status, reason, runId, notBefore }: ExplainedSlot): string {
  const range = to === null ? '' : ` to ${showTime(to)}, ${formatCount(count, 'slot')}`;
  const why = reason === null ? '' : ` (${words(reason)})`;
  const run = runId === null ? '' : ` run ${runId}`;
  const when = notBefore === null || status !== 'due' ? '' : `, not before ${showTime(notBefore)}`;
  return `${showTime(slot)}${range} ${status}${why}${run}${when}`;
}

/** All components of a DAG, a line for each. */
export function renderExplanations(explanations: readonly Explanation[], dagName: string, paint: Paint): string {
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
  const more = `Each in full: ${programName} explain ${dagName}.<component> --env ${first.environment}`;
  return `${paint.bold(first.dag)} in ${first.environment}${run}\n${table}\n${lackLines(explanations, paint)}${more}\n`;
}

const lacksOf = ({ checklist }: Explanation) => checklist.filter(({ ok }) => !ok);

/** Whether it runs without being asked, and if not, which items of its list are in the way. */
function byItself(explanation: Explanation): string {
  const items = lacksOf(explanation).map(({ item }) => words(item));
  return items.length === 0 ? 'yes' : `no: ${items.join(', ')}`;
}

/** Each thing that is in the way, once, with those that it concerns where it is not all. */
function lackLines(explanations: readonly Explanation[], paint: Paint): string {
  const concerned = new Map<string, string[]>();
  for (const explanation of explanations) {
    for (const { item, because } of lacksOf(explanation)) {
      const line = `${words(item)}: ${oneLine(because)}`;
      concerned.set(line, [...(concerned.get(line) ?? []), explanation.component]);
    }
  }
  const lines = [...concerned].map(([line, components]) => {
    const whose = components.length === explanations.length ? '' : ` (${components.join(', ')})`;
    return `${paint.red('no')} ${line}${whose}\n`;
  });
  return lines.length === 0 ? '' : `${lines.join('')}\n`;
}

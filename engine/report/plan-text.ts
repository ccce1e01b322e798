import { formatDuration } from '../model/duration.ts';
import { type Branch, type ForeseenRun, mayRun } from '../model/foreseen.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { decidingSentence, pausedWords, sandboxWords, words } from './wording.ts';

type ForeseenComponent = ForeseenRun['components'][number];

/** What a run would do now, component by component, and what hangs on what. */
export function renderPlan(plan: ForeseenRun, paint: Paint): string {
  const table = renderTable(
    [
      { title: 'component', cell: ({ component }: ForeseenComponent) => component },
      { title: 'verdict', cell: verdictOf },
      { title: 'cost', cell: costOf, align: 'right' },
      { title: 'why', cell: whyOf },
    ],
    plan.components,
  );
  return [heading(plan, paint), table, ...branchTexts(plan.components, paint)].join('');
}

function verdictOf(foreseen: ForeseenComponent): string {
  return foreseen.kind === 'certain' ? words(foreseen.decision.verdict) : 'depends';
}

function whyOf(foreseen: ForeseenComponent): string {
  if (foreseen.kind === 'certain') return decidingSentence(foreseen.decision);
  return foreseen.branches
    .map(({ decision }) => words(decision.verdict))
    .filter(isFirst)
    .join(' or ');
}

const isFirst = (word: string, index: number, all: readonly string[]) => all.indexOf(word) === index;

/** Of what may run: what is left alone costs nothing. */
function costOf(foreseen: ForeseenComponent): string {
  const { cost } = foreseen;
  if (!cost || !mayRun(foreseen)) return '';
  const calls = cost.calls === null || cost.calls === 0 ? '' : `, ${formatCount(cost.calls, 'call')}`;
  return `${formatDuration(cost.wallMs)}${calls}`;
}

/** Components that hang on the same things in the same way are told of together. */
function branchTexts(components: readonly ForeseenComponent[], paint: Paint): readonly string[] {
  const alike = new Map<string, string[]>();
  for (const foreseen of components) {
    if (foreseen.kind === 'certain') continue;
    const lines = foreseen.branches.map(branchLine).join('');
    alike.set(lines, [...(alike.get(lines) ?? []), foreseen.component]);
  }
  return [...alike].map(([lines, names]) => `\n${paint.bold(names.join(', '))}\n${lines}`);
}

function branchLine({ decision: { verdict, reason }, when }: Branch): string {
  const [first = '', ...others] = when;
  const more = others.length === 0 ? '' : `, or ${formatCount(others.length, 'more way')}`;
  return `  ${words(verdict)} (${words(reason)}) if ${oneLine(first)}${more}\n`;
}

function heading({ dag, environment, forced, sandbox, paused, components }: ForeseenRun, paint: Paint): string {
  const certain = new Map<string, number>();
  for (const foreseen of components) {
    const verdict = verdictOf(foreseen);
    certain.set(verdict, (certain.get(verdict) ?? 0) + 1);
  }
  const counts = [...certain].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  const data = sandbox ? `, ${sandboxWords(sandbox)}` : '';
  const first = `${paint.bold(dag)} in ${environment}${data}${forced ? ', forced' : ''}: ${counts}\n`;
  const pause = paused ? `${paint.red(pausedWords(dag, paused))}: no tick makes a run of it\n` : '';
  return `${first}${pause}${totals(components)}`;
}

/** At most: what depends may not run after all. */
function totals(components: readonly ForeseenComponent[]): string {
  const running = components.filter(mayRun);
  const known = running.flatMap(({ cost }) => (cost ? [cost] : []));
  if (known.length === 0) return '';
  const calls = known.reduce((sum, cost) => sum + (cost.calls ?? 0), 0);
  const longest = formatDuration(known.reduce((sum, { wallMs }) => sum + wallMs, 0));
  const unknown = running.length - known.length;
  const without = unknown === 0 ? '' : `; ${unknown} of them never succeeded`;
  const counted = calls === 0 ? '' : `${formatCount(calls, 'call')} and `;
  return `if all of it runs: ${counted}${longest} of work, by the last successes${without}\n`;
}

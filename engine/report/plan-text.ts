import { formatDuration } from '../model/duration.ts';
import { type Branch, type ForeseenRun, namedDecisions } from '../model/foreseen.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import { formatCount } from './quantity.ts';
import { renderTable } from './table.ts';
import { decidingSentence, words } from './wording.ts';

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
  const open = plan.components
    .filter(({ kind }) => kind === 'depends')
    .map((component) => branchLines(component, paint));
  return [heading(plan, paint), table, ...open].join('');
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

function costOf({ cost }: ForeseenComponent): string {
  if (!cost) return '';
  const calls = cost.calls === null || cost.calls === 0 ? '' : `, ${formatCount(cost.calls, 'call')}`;
  return `${formatDuration(cost.wallMs)}${calls}`;
}

function branchLines({ component, ...foreseen }: ForeseenComponent, paint: Paint): string {
  if (foreseen.kind === 'certain') return '';
  return `\n${paint.bold(component)}\n${foreseen.branches.map(branchLine).join('')}`;
}

function branchLine({ decision: { verdict, reason }, when }: Branch): string {
  const [first = '', ...others] = when;
  const more = others.length === 0 ? '' : `, or ${formatCount(others.length, 'more way')}`;
  return `  ${words(verdict)} (${words(reason)}) if ${oneLine(first)}${more}\n`;
}

function heading({ dag, environment, forced, components }: ForeseenRun, paint: Paint): string {
  const certain = new Map<string, number>();
  for (const foreseen of components) {
    const verdict = verdictOf(foreseen);
    certain.set(verdict, (certain.get(verdict) ?? 0) + 1);
  }
  const counts = [...certain].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
  return `${paint.bold(dag)} in ${environment}${forced ? ', forced' : ''}: ${counts}\n${totals(components)}`;
}

/** At most: what depends may not run after all. */
function totals(components: readonly ForeseenComponent[]): string {
  const running = components.filter((foreseen) => namedDecisions(foreseen).some(({ verdict }) => verdict === 'run'));
  const known = running.flatMap(({ cost }) => (cost ? [cost] : []));
  if (known.length === 0) return '';
  const calls = known.reduce((sum, cost) => sum + (cost.calls ?? 0), 0);
  const longest = formatDuration(known.reduce((sum, { wallMs }) => sum + wallMs, 0));
  const unknown = running.length - known.length;
  const without = unknown === 0 ? '' : `; ${unknown} never succeeded`;
  return `if all of it runs: ${formatCount(calls, 'call')} and ${longest} of work, by the last successes${without}\n`;
}

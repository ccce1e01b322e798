import type { LoadedDag } from '../../load/load-dag.ts';
import type { Component, Dag, Frequency, Group } from '../../model/component.ts';
import { formatDuration } from '../../model/duration.ts';
import { quotasOf } from '../../model/quota-uses.ts';
import { membersOf } from '../../plan/select.ts';
import { quotaWords } from '../../report/quota-words.ts';
import { renderTable } from '../../report/table.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { namedDag } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** The definition as its file has it; what an environment changes of it is told by `config show`. */
export async function show(terminal: Terminal, { output }: OutputFlags, name: string): Promise<number> {
  const loaded = await namedDag(name);
  const { definition, file, version } = loaded;
  if (output === 'json') printJson(terminal, { ...definition, file, version });
  else terminal.out(render(loaded));
  return exitCodes.success;
}

function render({ dag, file, version }: LoadedDag): string {
  const groups = Object.entries(dag.groups).map(([name, group]) => `${name} (${groupWords(dag, name, group)})`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['description', dag.description],
    ['file', file],
    ['version', version],
    ['schedule', dag.schedule && `${dag.schedule} ${dag.timezone}`],
    ['timeout', dag.timeoutMs && formatDuration(dag.timeoutMs)],
    ['concurrency', dag.concurrency && String(dag.concurrency)],
    ['groups', groups.length === 0 ? undefined : groups.join(', ')],
    ['quotas', quotasOf(dag).map(quotaWords).join('; ')],
  ].map(([title, text]) => [title as string, text as string | undefined]);
  const lines = facts.filter(([, text]) => text).map(([title, text]) => `${title.padEnd(12)} ${text}\n`);
  return `${dag.id}\n${lines.join('')}\n${renderTable(componentColumns, dag.components)}`;
}

const componentColumns = [
  { title: 'component', cell: ({ id, enabled }: Component) => (enabled ? id : `${id} (disabled)`) },
  { title: 'after', cell: afterOf },
  { title: 'when', cell: ({ cron, frequency }: Component) => cron ?? frequencyOf(frequency) },
  { title: 'timeout', cell: ({ timeoutMs }: Component) => (timeoutMs ? formatDuration(timeoutMs) : '') },
  { title: 'group', cell: ({ group }: Component) => group ?? '' },
  {
    title: 'quota',
    cell: ({ quota }: Component) => (quota ? `${quota.name}${quota.priority ? ', priority' : ''}` : ''),
  },
  { title: 'isolation', cell: ({ isolation }: Component) => isolation },
  { title: 'secrets', cell: ({ secrets }: Component) => secrets.join(', ') },
];

function afterOf({ dependsOn, rule }: Component): string {
  const upstreams = dependsOn.map(({ component, optional }) => (optional ? `${component}?` : component)).join(', ');
  return rule === 'all_success' ? upstreams : `${upstreams} (${rule})`;
}

function groupWords(dag: Dag, name: string, { concurrency }: Group): string {
  const size = concurrency === undefined ? [] : [`${concurrency} at once`];
  return [...size, ...membersOf(dag, name)].join(', ');
}

function frequencyOf(frequency: Frequency | undefined): string {
  if (frequency === undefined || typeof frequency === 'string') return frequency ?? '';
  return `every ${formatDuration(frequency.every)}`;
}

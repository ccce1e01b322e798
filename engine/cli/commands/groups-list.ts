import type { Dag } from '../../model/component.ts';
import { membersOf } from '../../plan/select.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printRows } from '../print.ts';
import { allDags, namedDag } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface GroupsFlags extends OutputFlags {
  readonly dag?: string;
}

interface GroupLine {
  readonly dag: string;
  readonly group: string;
  readonly description?: string;
  readonly concurrency?: number;
  readonly components: readonly string[];
}

const columns = [
  { title: 'dag', cell: ({ dag }: GroupLine) => dag },
  { title: 'group', cell: ({ group }: GroupLine) => group },
  { title: 'at once', cell: ({ concurrency }: GroupLine) => String(concurrency ?? ''), align: 'right' as const },
  { title: 'components', cell: ({ components }: GroupLine) => components.join(', ') },
  { title: 'description', cell: ({ description }: GroupLine) => description ?? '' },
];

/** What `--group` takes, with the components that it stands for. */
export async function groupsList(terminal: Terminal, flags: GroupsFlags): Promise<number> {
  const found = flags.dag === undefined ? await allDags() : { dags: [await namedDag(flags.dag)], errors: [] };
  const lines = found.dags.flatMap(({ dag }) => groupsOf(dag));
  printRows(terminal, flags, lines, columns, 'no groups');
  terminal.err(found.errors.map(loadErrorText).join(''));
  return found.errors.length === 0 ? exitCodes.success : exitCodes.failed;
}

function groupsOf(dag: Dag): readonly GroupLine[] {
  return Object.entries(dag.groups).map(([group, { description, concurrency }]) => ({
    dag: dag.id,
    group,
    components: membersOf(dag, group),
    ...(description === undefined ? {} : { description }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }));
}

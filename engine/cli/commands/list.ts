import type { LoadedDag } from '../../load/load-dag.ts';
import type { LoadError } from '../../load/load-error.ts';
import { quotasOf } from '../../model/quota-uses.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson, printRows } from '../print.ts';
import { allDags } from '../project.ts';
import type { Terminal } from '../terminal.ts';

/** A file that does not load hides no other one; it is told, and makes the exit code 1. */
export async function list(terminal: Terminal, flags: OutputFlags): Promise<number> {
  const { dags, errors } = await allDags();
  if (flags.output === 'json') printJson(terminal, { dags: dags.map(describe), broken: errors.map(describeError) });
  else {
    const columns = [
      { title: 'dag', cell: ({ id }: DagLine) => id },
      { title: 'components', cell: ({ components }: DagLine) => String(components), align: 'right' as const },
      { title: 'schedule', cell: ({ schedule, timezone }: DagLine) => (schedule ? `${schedule} ${timezone}` : '') },
      ...(dags.some(({ dag }) => quotasOf(dag).length > 0) ? [quotaColumn] : []),
      { title: 'description', cell: ({ description }: DagLine) => description ?? '' },
    ];
    printRows(terminal, flags, dags.map(describe), columns, 'no DAG loads here');
    terminal.err(errors.map(loadErrorText).join(''));
  }
  return errors.length === 0 ? exitCodes.success : exitCodes.failed;
}

const quotaColumn = { title: 'quotas', cell: ({ quotas }: DagLine) => quotas.join(', ') };

interface DagLine {
  readonly id: string;
  readonly description?: string;
  readonly components: number;
  readonly schedule?: string;
  readonly timezone: string;
  readonly quotas: readonly string[];
  readonly file: string;
}

function describe({ dag, file }: LoadedDag): DagLine {
  const { id, description, schedule, timezone, components } = dag;
  return {
    id,
    components: components.length,
    timezone,
    quotas: quotasOf(dag).map((quota) => quota.name),
    file,
    ...(description === undefined ? {} : { description }),
    ...(schedule === undefined ? {} : { schedule }),
  };
}

function describeError({ where, message, hint }: LoadError) {
  return { where, message, ...(hint === undefined ? {} : { hint }) };
}

import type { Finding } from '../../model/finding.ts';
import { findingsOf } from '../../report/insights.ts';
import { formatBytes } from '../../report/quantity.ts';
import { exitCodes } from '../exit-codes.ts';
import { type OutputFlags, printRows } from '../print.ts';
import { requireKnown, withEnvironment } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface InsightsFlags extends OutputFlags {
  readonly dag?: string;
  readonly env: string;
}

export async function insights(terminal: Terminal, flags: InsightsFlags): Promise<number> {
  const { dag, env } = flags;
  const scope = { environment: env, ...(dag === undefined ? {} : { dag }) };
  const watched = await withEnvironment(env, ({ history }) => history.watched(scope));
  if (watched.length === 0) await requireKnown(dag);
  const findings = watched.flatMap(findingsOf);
  if (findings.length > 0 && flags.output === 'table') terminal.err(`environment ${env}\n`);
  printRows(terminal, flags, findings, columns, `no source was read in environment ${env}`);
  return exitCodes.success;
}

const columns = [
  { title: 'about', cell: ({ kind }: Finding) => kind },
  { title: 'dag', cell: ({ subject }: Finding) => subject.dag },
  { title: 'component', cell: ({ subject }: Finding) => subject.component },
  { title: 'source', cell: ({ subject }: Finding) => subject.source ?? '' },
  { title: 'not read', cell: ({ gain }: Finding) => (gain ? formatBytes(gain.bytes) : ''), align: 'right' as const },
  { title: 'finding', cell: ({ says }: Finding) => says },
];

import type { RunInfo } from '../model/context.ts';
import type { RunRequest } from './ports.ts';

/** What components are told of their run. It answers for its slot, or else for the instant at which it began. */
export function runInfoOf(request: RunRequest, id: string, startedAt: Date): RunInfo {
  const { dag, environment, trigger, forced, slot, asOf } = request;
  return { id, dag: dag.id, environment, trigger, forced, asOf: asOf ?? slot ?? startedAt, ...(slot && { slot }) };
}

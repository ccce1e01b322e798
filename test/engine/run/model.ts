import type { TriggerRule } from 'signalbox';
import { unreachable } from '../../../engine/model/unreachable.ts';

/** The rules of a run once more, as plainly as they can be said, for tests to compare with. */

export interface Node {
  readonly id: string;
  readonly rule: TriggerRule;
  readonly upstreams: readonly { readonly id: string; readonly optional: boolean }[];
}

export interface Round {
  readonly failing: readonly string[];
  readonly disabled: readonly string[];
  readonly selected: readonly string[];
  readonly forced: boolean;
  readonly concurrency: number;
}

/** Component → what its last success was built from: upstream → `made`, or `failed`. */
export type World = Map<string, Readonly<Record<string, string>>>;

type Status = 'success' | 'unchanged' | 'skipped' | 'upstream_failed' | 'failed';

export interface Prediction {
  readonly run: 'success' | 'failed';
  readonly statuses: Readonly<Record<string, Status>>;
  /** What each component that ran was given. */
  readonly calls: Readonly<Record<string, { readonly inputs: readonly string[]; readonly degraded: boolean }>>;
}

export function predictRun(nodes: readonly Node[], round: Round, world: World): Prediction {
  const statuses: Record<string, Status> = {};
  const calls: Record<string, { inputs: string[]; degraded: boolean }> = {};
  for (const node of nodes) statuses[node.id] = predictOne(node, round, world, statuses, calls);
  const isFailed = Object.values(statuses).some((status) => status === 'failed' || status === 'upstream_failed');
  return { run: isFailed ? 'failed' : 'success', statuses, calls };
}

function predictOne(
  node: Node,
  round: Round,
  world: World,
  statuses: Readonly<Record<string, Status>>,
  calls: Record<string, { inputs: string[]; degraded: boolean }>,
): Status {
  const { id, upstreams } = node;
  const isResting = (other: string) => round.disabled.includes(other) || !round.selected.includes(other);
  if (isResting(id)) return 'skipped';
  const speaks = (other: string) =>
    statuses[other] === 'success' || statuses[other] === 'unchanged' || (isResting(other) && world.has(other));
  const inputs = upstreams.map((upstream) => upstream.id).filter(speaks);
  const isDoneWithout = (upstream: Node['upstreams'][number]) =>
    upstream.optional && node.rule !== 'one_failed' && !speaks(upstream.id);
  const met = isMet(node, statuses, isResting, speaks, isDoneWithout);
  if (met !== true) return met;
  const builtFrom = Object.fromEntries(
    upstreams
      .map((upstream) => upstream.id)
      .filter((other) => speaks(other) || statuses[other] === 'failed' || statuses[other] === 'upstream_failed')
      .map((other) => [other, speaks(other) ? 'made' : 'failed']),
  );
  const last = world.get(id);
  const isSame = last !== undefined && JSON.stringify(last) === JSON.stringify(builtFrom);
  if (isSame && upstreams.length > 0 && !round.forced) return 'unchanged';
  calls[id] = { inputs: inputs.toSorted(), degraded: upstreams.some(isDoneWithout) };
  if (round.failing.includes(id)) return 'failed';
  world.set(id, builtFrom);
  return 'success';
}

function isMet(
  { rule, upstreams }: Node,
  statuses: Readonly<Record<string, Status>>,
  isResting: (id: string) => boolean,
  speaks: (id: string) => boolean,
  isDoneWithout: (upstream: Node['upstreams'][number]) => boolean,
): true | 'skipped' | 'upstream_failed' {
  if (upstreams.length === 0) return true;
  const counted = upstreams.filter((upstream) => !isDoneWithout(upstream)).map(({ id }) => id);
  const succeeded = counted.filter(speaks);
  const failed = counted.filter((id) => statuses[id] === 'failed' || statuses[id] === 'upstream_failed');
  const skipped = counted.filter((id) => statuses[id] === 'skipped' && !speaks(id));
  const neverSucceeded = skipped.filter(isResting);
  const blocked = neverSucceeded.length > 0 ? 'upstream_failed' : 'skipped';
  switch (rule) {
    case 'all_done':
    case 'always':
      return true;
    case 'one_failed':
      return failed.length > 0 || 'skipped';
    case 'none_skipped':
      return skipped.length === 0 || blocked;
    case 'all_success':
      if (failed.length > 0) return 'upstream_failed';
      return skipped.length === 0 || blocked;
    case 'none_failed':
      return failed.length === 0 || 'upstream_failed';
    case 'one_success':
      if (succeeded.length > 0) return true;
      return failed.length > 0 ? 'upstream_failed' : blocked;
    case 'none_failed_min_one_success':
      if (failed.length > 0) return 'upstream_failed';
      return succeeded.length > 0 || blocked;
    default:
      return unreachable(rule);
  }
}

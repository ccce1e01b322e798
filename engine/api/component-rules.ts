import { formatDuration } from '../model/duration.ts';
import { type Problem, showValue } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';
import { asRecord, type Entry, placeOf, writtenDuration } from './entry.ts';

/** Rules about several values of one component, or one of its values and one of the DAG's. */
export function componentRuleProblems(entry: Entry, dag: Readonly<Record<string, unknown>>): Problem[] {
  return [
    ...onlyOneSchedule(entry),
    ...onlyOneBody(entry),
    ...declaredGroup(entry, asRecord(dag.groups)),
    ...timeoutWithin(entry, dag.timeout),
    ...eachUpstreamOnce(entry),
  ];
}

function onlyOneSchedule(entry: Entry): Problem[] {
  const { cron, frequency } = entry.written;
  if (cron === undefined || frequency === undefined) return [];
  return [
    {
      ...placeOf(entry, 'cron'),
      expected: 'left out where `frequency` is given',
      got: showValue(cron),
      hint: 'keep one of the two',
    },
  ];
}

function onlyOneBody(entry: Entry): Problem[] {
  const { run, command } = entry.written;
  if ((run === undefined) !== (command === undefined)) return [];
  const got = run === undefined ? 'neither' : 'both';
  return [{ ...placeOf(entry), expected: 'a component with exactly one of `run` and `command`', got }];
}

function declaredGroup(entry: Entry, groups: Readonly<Record<string, unknown>>): Problem[] {
  const { group } = entry.written;
  if (typeof group !== 'string' || Object.hasOwn(groups, group)) return [];
  const hint = didYouMean(group, Object.keys(groups)) ?? `declare it: groups: { '${group}': { concurrency: 2 } }`;
  return [{ ...placeOf(entry, 'group'), expected: 'one of the groups of the DAG', got: showValue(group), hint }];
}

function timeoutWithin(entry: Entry, dagTimeout: unknown): Problem[] {
  const own = writtenDuration(entry.written.timeout);
  const whole = writtenDuration(dagTimeout);
  if (own === undefined || whole === undefined || own <= whole) return [];
  const expected = `at most the DAG's timeout of ${formatDuration(whole)}`;
  return [{ ...placeOf(entry, 'timeout'), expected, got: showValue(entry.written.timeout) }];
}

/** Trigger rules count upstreams: one that came twice would count double. */
function eachUpstreamOnce(entry: Entry): Problem[] {
  return entry.upstreams.flatMap(({ name, captured }, index) => {
    const earlier = entry.upstreams.slice(0, index).find((upstream) => upstream.captured === captured);
    if (!earlier) return [];
    const expected = `another component than \`dependsOn.${earlier.name}\``;
    return [{ ...placeOf(entry, 'dependsOn', name), expected, got: 'the same one' }];
  });
}

import type { Dag } from '../model/component.ts';
import type { Problem } from '../model/problem.ts';
import { parseCron } from './parse-cron.ts';

/** Schedules of a DAG that the library which evaluates them would not take. */
export function scheduleProblems({ schedule, components }: Dag): readonly Problem[] {
  const written = [
    { path: 'schedule', text: schedule },
    ...components.map(({ id, cron }) => ({ path: `components.${id}.cron`, text: cron })),
  ];
  return written.flatMap(({ path, text }) => {
    const parsed = text === undefined ? undefined : parseCron(text, path);
    return parsed === undefined || parsed.ok ? [] : [parsed.problem];
  });
}

import type { Dag } from '../model/component.ts';
import { unreachable } from '../model/unreachable.ts';
import { type Schedule, type SingleSchedule, scheduleOf } from './schedule.ts';

/** When a DAG and its components have slots. */
export interface DagSchedule {
  /** Undefined: the DAG has no slots, it runs by hand only. */
  readonly own: Schedule | undefined;
  /** Of the components that have one. */
  readonly components: ReadonlyMap<string, SingleSchedule>;
}

/** A DAG that names no schedule has the slots of all its enabled components together. */
export function dagScheduleOf(dag: Pick<Dag, 'schedule' | 'timezone' | 'components'>): DagSchedule {
  const components = new Map<string, SingleSchedule>();
  for (const component of dag.components) {
    const schedule = scheduleOf(component, dag.timezone);
    if (schedule) components.set(component.id, schedule);
  }
  const written = scheduleOf({ cron: dag.schedule }, dag.timezone);
  return {
    own: written ?? unionOf(dag.components.flatMap(({ id, enabled }) => (enabled ? [components.get(id)] : []))),
    components,
  };
}

/** Every slot of each; undefined where none is a schedule. */
export function unionOf(schedules: readonly (Schedule | undefined)[]): Schedule | undefined {
  const parts = new Map<string, SingleSchedule>();
  for (const schedule of schedules.flatMap(partsOf)) parts.set(showSchedule(schedule), schedule);
  const [first, ...others] = parts.values();
  return first && others.length > 0 ? { kind: 'union', parts: [...parts.values()] } : first;
}

function partsOf(schedule: Schedule | undefined): readonly SingleSchedule[] {
  if (!schedule) return [];
  return schedule.kind === 'union' ? schedule.parts : [schedule];
}

/** For people, and the same text for the same slots: `0 * * * * Australia/Melbourne`, `every 90m`. */
export function showSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'cron':
      return `${schedule.expression} ${schedule.timeZone}`;
    case 'every':
      return `every ${schedule.everyMs}ms`;
    case 'union':
      return schedule.parts.map(showSchedule).toSorted().join(', ');
    default:
      return unreachable(schedule);
  }
}

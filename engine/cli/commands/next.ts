import { loadConfig } from '../../../config/load.ts';
import { applyOverlay } from '../../../config/overlay.ts';
import { systemClock } from '../../clock/system-clock.ts';
import type { Dag } from '../../model/component.ts';
import { showTime } from '../../model/show-time.ts';
import { renderTable } from '../../report/table.ts';
import { dagScheduleOf } from '../../schedule/dag-schedule.ts';
import type { Schedule } from '../../schedule/schedule.ts';
import { nextSlot } from '../../schedule/slots.ts';
import { exitCodes } from '../exit-codes.ts';
import { loadErrorText } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { allDags, namedDag } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface NextFlags extends OutputFlags {
  readonly dag?: string;
  readonly env: string;
  readonly number: number;
}

/** The slots to come of one DAG and of those of its components that have a schedule of their own. */
interface Upcoming {
  readonly dag: string;
  readonly timezone: string;
  /** Empty for the DAG itself. */
  readonly component: string;
  readonly slots: readonly Date[];
}

export async function next(terminal: Terminal, { dag, env, number, output }: NextFlags): Promise<number> {
  const { settings } = loadConfig({ environment: env });
  const { dags, errors } = dag === undefined ? await allDags() : { dags: [await namedDag(dag)], errors: [] };
  const now = systemClock.now();
  const upcoming = dags.flatMap((loaded) => upcomingOf(applyOverlay(loaded.dag, settings), now, number));
  if (output === 'json') printJson(terminal, upcoming);
  else if (upcoming.length === 0) terminal.err(`nothing is scheduled in ${env}\n`);
  else terminal.out(renderTable(columns, upcoming.flatMap(linesOf)));
  terminal.err(errors.map(loadErrorText).join(''));
  return errors.length === 0 ? exitCodes.success : exitCodes.failed;
}

function upcomingOf(dag: Dag, now: Date, count: number): readonly Upcoming[] {
  const { own, components } = dagScheduleOf(dag);
  const { id, timezone } = dag;
  return [
    ...(own ? [{ dag: id, timezone, component: '', slots: slotsAfter(own, now, count) }] : []),
    ...[...components].map(([component, schedule]) => ({
      dag: id,
      timezone,
      component,
      slots: slotsAfter(schedule, now, count),
    })),
  ];
}

function slotsAfter(schedule: Schedule, now: Date, count: number): readonly Date[] {
  const slots: Date[] = [];
  for (let slot = nextSlot(schedule, now); slot && slots.length < count; slot = nextSlot(schedule, slot))
    slots.push(slot);
  return slots;
}

interface Line extends Omit<Upcoming, 'slots'> {
  readonly slot: Date;
}

const linesOf = ({ slots, ...rest }: Upcoming): readonly Line[] => slots.map((slot) => ({ ...rest, slot }));

const columns = [
  { title: 'dag', cell: ({ dag }: Line) => dag },
  { title: 'component', cell: ({ component }: Line) => component },
  { title: 'slot', cell: ({ slot, timezone }: Line) => showLocal(slot, timezone) },
  { title: 'UTC', cell: ({ slot }: Line) => showTime(slot) },
];

/** `2026-03-01 19:15 Australia/Melbourne`. */
function showLocal(slot: Date, timeZone: string): string {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(slot);
  return `${local} ${timeZone}`;
}

import type { Component, Dag } from '../../model/component.ts';
import type { ChecklistItem } from '../../model/explanation.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import { dagScheduleOf, showSchedule } from '../../schedule/dag-schedule.ts';
import { nextSlot } from '../../schedule/slots.ts';
import { tickTooOldMs } from '../tick-age.ts';

/** What an environment has on record about running a DAG by itself. */
export interface Standing {
  readonly environment: string;
  readonly now: Date;
  readonly pausedBy?: string;
  readonly lastTickAt?: Date;
  readonly missingSecrets: readonly string[];
}

/** All that must be so for a component to run without anybody asking for it; what it reads is the decision's. */
export function checklistOf(component: Component, dag: Dag, standing: Standing): readonly ChecklistItem[] {
  return [
    scheduleItem(component, dag, standing),
    { item: 'time_zone', ok: true, because: `slots are in ${dag.timezone}` },
    enabledItem(component, standing),
    pausedItem(dag, standing),
    tickItem(dag, standing),
    secretsItem(standing),
  ];
}

function scheduleItem(component: Component, dag: Dag, { now }: Standing): ChecklistItem {
  const { own: dagSchedule } = dagScheduleOf(dag);
  if (!dagSchedule) {
    return { item: 'schedule', ok: false, because: `${dag.id} has no schedule: it runs only when it is asked to` };
  }
  const own = dagScheduleOf(dag).components.get(component.id);
  const next = nextSlot(own ?? dagSchedule, now);
  const when = next ? `, next ${showTime(next)}` : ', which has no next slot';
  const whose = own ? showSchedule(own) : `every run of ${dag.id} (${showSchedule(dagSchedule)})`;
  return { item: 'schedule', ok: next !== undefined, because: `${whose}${when}` };
}

function enabledItem({ enabled }: Component, { environment }: Standing): ChecklistItem {
  return { item: 'enabled', ok: enabled, because: `it is ${enabled ? 'enabled' : 'disabled'} in ${environment}` };
}

function pausedItem({ id }: Dag, { environment, pausedBy }: Standing): ChecklistItem {
  if (pausedBy === undefined) return { item: 'paused', ok: true, because: `${id} is not paused in ${environment}` };
  const mend = `${programName} unpause ${id} --env ${environment}`;
  return { item: 'paused', ok: false, because: `${id} is paused by ${pausedBy}: ${mend}` };
}

function tickItem(dag: Dag, { environment, now, lastTickAt }: Standing): ChecklistItem {
  if (!dagScheduleOf(dag).own) return { item: 'tick', ok: true, because: 'no tick is needed' };
  const mend = `${programName} crontab install --env ${environment}`;
  if (!lastTickAt) return { item: 'tick', ok: false, because: `no tick ever ran in ${environment}: ${mend}` };
  const ok = now.getTime() - lastTickAt.getTime() <= tickTooOldMs;
  return { item: 'tick', ok, because: `the last tick was at ${showTime(lastTickAt)}${ok ? '' : `: ${mend}`}` };
}

function secretsItem({ missingSecrets, environment }: Standing): ChecklistItem {
  const ok = missingSecrets.length === 0;
  const because = ok
    ? 'no secret is missing'
    : `not set in ${environment}: ${missingSecrets.join(', ')}; put it into .env, see env.template`;
  return { item: 'secrets', ok, because };
}

import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { isAhead } from '../../embed/tick/plan-slots.ts';
import { programName } from '../../model/program.ts';
import { showTime } from '../../model/show-time.ts';
import type { ScheduleRecord } from '../../model/slot-store.ts';
import type { Finding } from './finding.ts';

/** What a clock that was ahead has left: until it is that late, slots are not made, or count as answered. */
export async function checkAhead(state: State, environment: string): Promise<readonly Finding[]> {
  const schedules = await state.slots.schedules(environment);
  const found = schedules.map(async (schedule) => [
    ...plannedAhead(schedule),
    ...(await answeredAhead(state, schedule)),
  ]);
  return (await Promise.all(found)).flat();
}

function plannedAhead({ environment, dag, watermark }: ScheduleRecord): readonly Finding[] {
  if (!isAhead(watermark, systemClock.now())) return [];
  const begin = ['pause', 'unpause'].map((command) => `${programName} ${command} ${dag} --env ${environment}`);
  const message = `slots are on record up to ${showTime(watermark)}, because a clock was ahead; until then none is made`;
  return [{ level: 'fail', subject: `schedule of ${dag} in ${environment}`, message, hint: begin.join(', then ') }];
}

async function answeredAhead({ memory }: State, scope: ScheduleRecord): Promise<readonly Finding[]> {
  const { environment, dag } = scope;
  const now = systemClock.now();
  const successes = [...(await memory.lastSuccesses(scope)).values()];
  return successes
    .filter(({ answeredUntil }) => isAhead(answeredUntil, now))
    .map(({ component, answeredUntil }) => ({
      level: 'fail',
      subject: `${dag}.${component} in ${environment}`,
      message: `its slots count as answered up to ${showTime(answeredUntil)}, because a clock was ahead; until then none is due`,
      hint: `${programName} state touch ${dag}.${component} --env ${environment}`,
    }));
}

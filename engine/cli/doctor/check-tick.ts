import { environmentNames } from '../../../config/environments.ts';
import type { Project } from '../../../config/load.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { formatDuration } from '../../model/duration.ts';
import { programName } from '../../model/program.ts';
import type { TickRecord } from '../../model/slot-store.ts';
import { lineOf, markerOf } from '../crontab/cron-line.ts';
import { readCrontab } from '../crontab/crontab-program.ts';
import { withState } from '../project.ts';
import { tickTooOldMs } from '../tick-age.ts';
import { checkAhead } from './check-ahead.ts';
import { type Finding, fine } from './finding.ts';
import { nothingTicks } from './nothing-ticks.ts';

/** Whether schedules are acted on: a line in cron, and ticks that came. Environments that nobody ticks are left out, but not all. */
export async function checkTick(project: Project): Promise<readonly Finding[]> {
  const crontab = crontabOrNothing();
  const ticked = await readTicks(project);
  const findings = environmentNames.flatMap((environment, index) => {
    const marker = markerOf({ environment, projectDirectory: project.projectDirectory });
    const { tick, ahead = [] } = ticked[index] ?? {};
    return [...findingOf(environment, tick, lineOf(crontab, marker) !== undefined), ...ahead];
  });
  return findings.length > 0 ? findings : await nothingTicks();
}

interface Ticked {
  readonly tick: TickRecord | undefined;
  /** What a clock that was ahead has left behind. */
  readonly ahead: readonly Finding[];
}

/** None where the database is out of reach or its tables are not there yet: that has been told before. */
function readTicks(project: Project): Promise<readonly Ticked[]> {
  return withState(project, lastTicks, { migrate: false }).catch(() => []);
}

async function lastTicks(state: State): Promise<readonly Ticked[]> {
  const { version, newest } = await state.migrationStatus();
  if (version !== newest) return [];
  return Promise.all(
    environmentNames.map(async (environment) => ({
      tick: await state.slots.lastTick(environment),
      ahead: await checkAhead(state, environment),
    })),
  );
}

/** A machine without cron may tick by other means. */
function crontabOrNothing(): string {
  try {
    return readCrontab();
  } catch {
    return '';
  }
}

function findingOf(environment: string, tick: TickRecord | undefined, hasLine: boolean): readonly Finding[] {
  const subject = `tick of ${environment}`;
  const mend = `${programName} crontab install --env ${environment}`;
  if (!tick) {
    if (!hasLine) return [];
    const hint = 'See that the cron daemon runs, and what it mailed.';
    return [{ level: 'fail', subject, message: 'its line is in the crontab, but no tick ever came', hint }];
  }
  const ageMs = systemClock.now().getTime() - tick.startedAt.getTime();
  const message = `the last one was ${formatDuration(ageMs)} ago on ${tick.host}`;
  if (ageMs > tickTooOldMs)
    return [{ level: 'fail', subject, message, hint: hasLine ? 'See that the cron daemon runs.' : mend }];
  if (tick.isWell === false) {
    const trouble = `${message}, and not all went well in it`;
    return [{ level: 'warn', subject, message: trouble, hint: `${programName} history --env ${environment}` }];
  }
  if (hasLine) return [fine(subject, message)];
  return [{ level: 'warn', subject, message: `${message}, but this user's crontab has no line for it`, hint: mend }];
}

import { userInfo } from 'node:os';
import { loadProject } from '../../../config/load.ts';
import type { RunDetails } from '../../../state/history/run-details.ts';
import type { State } from '../../../state/open-state.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { recoverDead } from '../../embed/recover.ts';
import { formatDuration } from '../../model/duration.ts';
import { programName } from '../../model/program.ts';
import type { CancelAnswer, CancelRequest } from '../../model/run-keeper.ts';
import { words } from '../../report/wording.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';

interface CancelFlags extends OutputFlags {
  /** Only for `last`: an id names its run in whatever environment. */
  readonly env: string;
  readonly reason?: string;
  readonly wait: boolean;
}

const lookEveryMs = 250;
/** A run that is told ends within a few graces; one whose engine dies meanwhile, when its lease ends. */
const patienceMs = 10 * 60_000;

/** Has a run stopped by its own engine, and ends one whose engine is gone. One that has ended is left as it is. */
export async function cancel(terminal: Terminal, flags: CancelFlags, name: string): Promise<number> {
  return withState(loadProject(), async (state) => {
    const { id } = await findRun(state, name, flags.env);
    const reason = flags.reason === undefined ? {} : { reason: flags.reason };
    const request = { run: id, who: userInfo().username, at: systemClock.now(), ...reason };
    const first = await ask(request, state);
    const last = first === 'asked' && flags.wait ? await untilOver(request, state) : first;
    const run = await findRun(state, id, flags.env);
    if (flags.output === 'json') printJson(terminal, { run: id, status: run.status, reason: run.reason });
    else terminal.err(told(run, first, last, flags.wait));
    return last === 'asked' && flags.wait ? exitCodes.busy : exitCodes.success;
  });
}

/** Asking again changes nothing, and finds out when the engine of the run dies meanwhile. */
async function untilOver(request: CancelRequest, state: State): Promise<CancelAnswer> {
  const startedMs = systemClock.monotonicMs();
  let answer: CancelAnswer = 'asked';
  while (answer === 'asked' && systemClock.monotonicMs() - startedMs < patienceMs) {
    await systemClock.sleep(lookEveryMs);
    answer = await ask(request, state);
  }
  return answer;
}

async function ask(request: CancelRequest, { runKeeper, owners }: State): Promise<CancelAnswer> {
  await recoverDead(owners, systemClock);
  return runKeeper.cancel(request);
}

function told({ id, environment, status, owner }: RunDetails, first: CancelAnswer, last: CancelAnswer, wait: boolean) {
  if (first === 'over') return `run ${id} had ended already: ${words(status)}\n`;
  if (last === 'ended') return `run ${id} is cancelled; the process that ran it was gone\n`;
  if (last === 'over' && status !== 'cancelled') return `run ${id} ended before it was stopped: ${words(status)}\n`;
  if (last === 'over') return `run ${id} is cancelled\n`;
  const look = `${programName} history --run ${id} --env ${environment}`;
  if (!wait) return `run ${id} is told to stop: ${look}\n`;
  return `run ${id} was told to stop ${formatDuration(patienceMs)} ago, and process ${owner.pid} on ${owner.host} is still at it: ${look}\n`;
}

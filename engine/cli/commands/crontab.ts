import { parseCron } from '../../schedule/parse-cron.ts';
import { cronLine, lineOf, markerOf, withLine, withoutLine } from '../crontab/cron-line.ts';
import { readCrontab, writeCrontab } from '../crontab/crontab-program.ts';
import { systemdUnits } from '../crontab/systemd-units.ts';
import { type TickFlags, type TickTask, tickTask } from '../crontab/tick-task.ts';
import { removeUnits, tellSystemd, writeUnits } from '../crontab/user-units.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

export interface CrontabFlags extends TickFlags {
  readonly schedule?: string;
  readonly systemd?: boolean;
}

/** A tick that finds nothing due costs a fraction of a second, and no schedule is finer than a minute. */
const everyMinute = '* * * * *';

export async function crontabInstall(terminal: Terminal, flags: CrontabFlags): Promise<number> {
  const task = tickTask(flags);
  if (flags.systemd) return installUnits(terminal, flags, task);
  const line = cronLine(scheduleOf(flags), task);
  const before = readCrontab();
  const after = withLine(before, markerOf(task), line);
  if (after !== before) writeCrontab(after);
  terminal.err(`${after === before ? 'installed already' : 'installed'}:\n`);
  terminal.out(`${line}\n`);
  return exitCodes.success;
}

export async function crontabShow(terminal: Terminal, flags: CrontabFlags): Promise<number> {
  const task = tickTask(flags);
  if (flags.systemd) {
    terminal.out(
      systemdUnits(task)
        .map(({ name, content }) => `# ${name}\n${content}`)
        .join('\n'),
    );
    return exitCodes.success;
  }
  const installed = lineOf(readCrontab(), markerOf(task));
  terminal.err(installed === undefined ? 'not installed; it would be:\n' : 'installed:\n');
  terminal.out(`${installed ?? cronLine(scheduleOf(flags), task)}\n`);
  return exitCodes.success;
}

export async function crontabRemove(terminal: Terminal, flags: CrontabFlags): Promise<number> {
  const task = tickTask(flags);
  if (flags.systemd) return uninstallUnits(terminal, task);
  const before = readCrontab();
  const after = withoutLine(before, markerOf(task));
  if (after !== before) writeCrontab(after);
  terminal.err(after === before ? 'there was no line to remove\n' : 'removed\n');
  return exitCodes.success;
}

function scheduleOf({ schedule = everyMinute }: CrontabFlags): string {
  const parsed = parseCron(schedule);
  if (parsed.ok) return parsed.expression;
  throw new UsageError(`expected --schedule to be ${parsed.problem.expected}, got ${parsed.problem.got}`);
}

function installUnits(terminal: Terminal, { schedule }: CrontabFlags, task: TickTask): number {
  if (schedule !== undefined) {
    throw new UsageError('expected --schedule without --systemd, got both', 'The timer ticks every minute.');
  }
  const units = systemdUnits(task);
  const [, timer] = units;
  terminal.out(`${writeUnits(units).join('\n')}\n`);
  const commands = [['daemon-reload'], ['enable', '--now', timer.name]];
  return report(terminal, commands, tellSystemd(commands));
}

function uninstallUnits(terminal: Terminal, task: TickTask): number {
  const units = systemdUnits(task);
  const [, timer] = units;
  // Before its file is gone: afterwards systemd would not know it.
  const complaint = tellSystemd([['disable', '--now', timer.name]]);
  const removed = removeUnits(units);
  terminal.err(removed.length === 0 ? 'there was no unit to remove\n' : 'removed:\n');
  terminal.out(removed.map((path) => `${path}\n`).join(''));
  return removed.length === 0 ? exitCodes.success : report(terminal, [['daemon-reload']], complaint);
}

function report(terminal: Terminal, commands: readonly (readonly string[])[], complaint: string | undefined): number {
  if (complaint === undefined) return exitCodes.success;
  const typed = commands.map((command) => `  systemctl --user ${command.join(' ')}\n`).join('');
  terminal.err(
    `signalbox: systemd refused: ${complaint}\n  The files are in their place. In a session of this user:\n${typed}`,
  );
  return exitCodes.failed;
}

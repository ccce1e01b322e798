import { UsageError } from '../usage-error.ts';
import type { TickTask } from './tick-task.ts';

/** One task in a crontab: a comment that says whose it is, and the line below it. */

export function markerOf({
  environment,
  projectDirectory,
}: Pick<TickTask, 'environment' | 'projectDirectory'>): string {
  return `# signalbox: tick of ${environment} in ${projectDirectory}`;
}

/** Debian's cron refuses more (MAX_COMMAND of its cron.h is 1,000). */
const longestCommand = 990;

/** For `sh`, as cron starts it, and with cron's own rule: an unescaped `%` would end the command (crontab(5)). */
export function cronLine(schedule: string, { projectDirectory, program, args, variables }: TickTask): string {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  const command = [...assignments, ...[...program, ...args].map(quote)].join(' ');
  const whole = `cd ${quote(projectDirectory)} && ${command}`.replaceAll('%', '\\%');
  if (whole.length <= longestCommand) return `${schedule} ${whole}`;
  const hint = 'PATH and the folders make it long: install from a shell with a shorter PATH.';
  throw new UsageError(
    `expected a command of at most ${longestCommand} characters for cron, got ${whole.length}`,
    hint,
  );
}

/** POSIX quoting; a line break cannot be in a crontab at all. */
function quote(text: string): string {
  if (/[\r\n\0]/.test(text))
    throw new Error(`expected text without line breaks for a crontab, got ${JSON.stringify(text)}`);
  return /^[\w@+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The crontab with this task's line in it and no other of its own; everything else stays byte for byte. */
export function withLine(crontab: string, marker: string, line: string): string {
  const rest = withoutLine(crontab, marker);
  const gap = rest === '' || rest.endsWith('\n') ? '' : '\n';
  return `${rest}${gap}${marker}\n${line}\n`;
}

export function withoutLine(crontab: string, marker: string): string {
  const lines = crontab.split('\n');
  return lines.filter((line, index) => line !== marker && lines[index - 1] !== marker).join('\n');
}

/** The line below the marker, if there is one. */
export function lineOf(crontab: string, marker: string): string | undefined {
  const lines = crontab.split('\n');
  const at = lines.indexOf(marker);
  return at < 0 ? undefined : lines[at + 1];
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadProject } from '../../../config/load.ts';
import type { ComponentRunRow, RunDetails } from '../../../state/history/run-details.ts';
import { didYouMean } from '../../model/suggest.ts';
import { type LoggedLine, logFileOf } from '../../report/log-files.ts';
import { oneLine, printable } from '../../report/printable.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface AttemptLog {
  readonly component: string;
  /** 0 is the probe. */
  readonly attempt: number;
  readonly file: string;
  readonly lines: readonly LoggedLine[];
}

interface LogsFlags extends OutputFlags {
  readonly env: string;
}

export async function logs(
  terminal: Terminal,
  { env, output }: LogsFlags,
  id: string,
  component: string | undefined,
): Promise<number> {
  const project = loadProject();
  const run = await withState(project, (state) => findRun(state, id, env));
  const found = chosen(run, component).flatMap((row) => readLogs(join(project.home, 'logs'), run.id, row));
  if (output === 'json') printJson(terminal, found);
  else if (found.length === 0) terminal.err(`nothing was logged in run ${run.id}\n`);
  else terminal.out(found.map(render).join(''));
  return exitCodes.success;
}

function chosen({ components, id }: RunDetails, wanted: string | undefined): readonly ComponentRunRow[] {
  if (wanted === undefined) return components;
  const found = components.filter(({ component }) => component === wanted);
  if (found.length > 0) return found;
  const known = components.map(({ component }) => component);
  const hint = didYouMean(wanted, known) ?? `It has ${known.join(', ')}.`;
  throw new UsageError(`expected a component of run ${id}, got \`${wanted}\``, hint);
}

/** The attempts are on record, so the files are asked for by name. */
function readLogs(directory: string, runId: string, { component, attempts }: ComponentRunRow): readonly AttemptLog[] {
  const numbers = [0, ...attempts.map(({ number }) => number)];
  return numbers.flatMap((attempt) => {
    const file = join(directory, logFileOf(runId, component, attempt));
    return existsSync(file) ? [{ component, attempt, file, lines: readLines(file) }] : [];
  });
}

/** A process that was killed may have left half a last line. */
function readLines(file: string): readonly LoggedLine[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line): readonly LoggedLine[] => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as LoggedLine];
    } catch {
      return [{ at: '', level: 'warn', message: `this line was cut off: ${line}` }];
    }
  });
}

function render({ component, attempt, file, lines }: AttemptLog): string {
  const title = attempt === 0 ? 'the probe' : `attempt ${attempt}`;
  return `${component}, ${title}: ${file}\n${lines.map(renderLine).join('')}`;
}

/** A stack reads as one; all else is one line. */
function renderLine({ at, level, message, fields = {} }: LoggedLine): string {
  const { stack, ...others } = fields;
  const isStack = typeof stack === 'string';
  const shown = isStack ? others : fields;
  const details = Object.keys(shown).length === 0 ? '' : ` ${JSON.stringify(shown)}`;
  const frames = isStack ? `  ${printable(stack.trim()).replaceAll('\n', '\n  ')}\n` : '';
  return `${at} ${level.padEnd(5)} ${oneLine(`${message}${details}`)}\n${frames}`;
}

import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { loadProject } from '../../../config/load.ts';
import type { State } from '../../../state/open-state.ts';
import type { SqlResult } from '../../../state/shell.ts';
import { FailureError } from '../../model/failure.ts';
import { formatCount } from '../../report/quantity.ts';
import { renderTable } from '../../report/table.ts';
import { exitCodes } from '../exit-codes.ts';
import { explainError } from '../explain-error.ts';
import { type OutputFlags, printJson } from '../print.ts';
import { withState } from '../project.ts';
import { showCell } from '../show-cell.ts';
import type { Terminal } from '../terminal.ts';

interface ShellFlags extends OutputFlags {
  readonly command?: string;
}

/** SQL from -c, from a pipe, or from somebody at a prompt. */
export async function databaseShell(terminal: Terminal, flags: ShellFlags): Promise<number> {
  const work = async (state: State) => {
    if (flags.command !== undefined) await runText(flags.command, state, terminal, flags);
    else if (process.stdin.isTTY) await prompt(state, terminal, flags);
    else await runText(await text(process.stdin), state, terminal, flags);
  };
  await withState(loadProject(), work, { migrate: false });
  return exitCodes.success;
}

async function runText(sql: string, state: State, terminal: Terminal, { output }: OutputFlags): Promise<void> {
  const results = await state.sql(sql);
  if (output === 'json') printJson(terminal, results.map(asObjects));
  else for (const result of results) printResult(result, terminal);
}

/** Statements end with `;` and may take several lines. What fails is told, and the prompt comes back. */
async function prompt(state: State, terminal: Terminal, flags: OutputFlags): Promise<void> {
  terminal.err(`${state.place}; end a statement with ;, leave with \\q or Ctrl-D\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: 'signalbox> ' });
  let open = '';
  lines.prompt();
  for await (const line of lines) {
    if (/^\s*(\\q|exit|quit)\s*;?\s*$/.test(line)) break;
    open = open === '' ? line : `${open}\n${line}`;
    if (open.trim() === '') open = '';
    else if (open.trimEnd().endsWith(';')) {
      await runText(open, state, terminal, flags).catch((error: unknown) => tell(error, terminal));
      open = '';
    }
    lines.setPrompt(open === '' ? 'signalbox> ' : '        -> ');
    lines.prompt();
  }
  lines.close();
  terminal.err('\n');
}

function tell(error: unknown, terminal: Terminal): void {
  if (!(error instanceof FailureError)) throw error;
  terminal.err(explainError(error).text);
}

function printResult({ command, columns, rows, rowCount }: SqlResult, { out, err }: Terminal): void {
  if (columns.length === 0) {
    err(`${command}${rowCount === null ? '' : ` ${rowCount}`}\n`);
    return;
  }
  const cells = columns.map((title, index) => ({ title, cell: (row: readonly unknown[]) => showCell(row[index]) }));
  out(renderTable(cells, rows));
  err(`${formatCount(rows.length, 'row')}\n`);
}

function asObjects({ command, columns, rows, rowCount }: SqlResult) {
  const named = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  return { command, rowCount, rows: named };
}

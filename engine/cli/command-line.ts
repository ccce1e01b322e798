import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { buildProgram } from './program.ts';
import { type BareTerminal, openTerminal } from './terminal.ts';

/** Carries out what was asked and returns the exit code. Never throws, and ends nothing itself. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const terminal = openTerminal();
  const exitCode = await carryOut(words, terminal);
  // A stream tells of its trouble a moment after the write.
  await new Promise((resolve) => setImmediate(resolve));
  const trouble = terminal.trouble();
  if (!trouble) return exitCode;
  terminal.err(`signalbox: the result could not be written: ${trouble.message}\n`);
  return Math.max(exitCode, exitCodes.failed);
}

async function carryOut(words: readonly string[], terminal: BareTerminal): Promise<number> {
  let exitCode: number = exitCodes.success;
  const program = buildProgram(terminal, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has printed its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    const explained = explainError(error);
    terminal.err(explained.text);
    return explained.exitCode;
  }
}

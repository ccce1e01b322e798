import { CommanderError } from 'commander';
import { exitCodes } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { buildProgram } from './program.ts';
import { openTerminal } from './terminal.ts';

/** Carries out what was asked and returns the exit code. Never throws, and ends nothing itself. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const terminal = openTerminal();
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

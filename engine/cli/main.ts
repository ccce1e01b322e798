import { runCommandLine } from './command-line.ts';

/** Set, not exited with: what was printed is flushed before the process ends by itself. */
function endWith(exitCode: number): void {
  process.exitCode = exitCode;
}

void runCommandLine(process.argv.slice(2)).then(endWith);

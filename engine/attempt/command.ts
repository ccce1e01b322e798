import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Command } from '../model/component.ts';
import { diskHintOf } from '../model/disk-failure.ts';
import { FailureError, infraFailure } from '../model/failure.ts';
import { followLines } from '../model/lines.ts';
import { tokenVariable } from '../model/messages.ts';
import type { AttemptTask } from '../model/task.ts';
import type { Channel } from './channel.ts';

const keptLines = 20;
/** For what is still in the pipes after the exit: something it left behind may hold them open for ever. */
const lastLinesMs = 1_000;
const machineCodes: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);
const inherited = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', tokenVariable];

/**
 * Runs a program in the attempt's own process group, without a shell. Its lines go to the log; exit code 0 is success.
 * Declared secrets reach it as environment variables of their own names, the attempt as `SIGNALBOX_*`.
 */
export async function runCommand(command: Command, task: AttemptTask, channel: Channel, signal: AbortSignal) {
  const [file, ...args] = command;
  const program = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environmentOf(task), shell: false });
  const stop = () => program.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const lastLines: string[] = [];
  // There are none where this process may open no more files: its error comes next.
  for (const stream of [program.stdout, program.stderr]) if (stream) follow(stream, channel, lastLines);
  try {
    const { code, killedBy } = await ended(program, file);
    if (code !== 0) throw exitFailure(file, code, killedBy, lastLines);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function environmentOf(task: AttemptTask): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {};
  for (const name of inherited) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return {
    ...environment,
    SIGNALBOX_ENVIRONMENT: task.run.environment,
    SIGNALBOX_DAG: task.run.dag,
    SIGNALBOX_COMPONENT: task.component,
    SIGNALBOX_RUN_ID: task.run.id,
    SIGNALBOX_ATTEMPT: String(task.attempt),
    ...task.secrets,
  };
}

function follow(stream: Readable, channel: Channel, lastLines: string[]): void {
  followLines(stream, (message) => {
    channel.log({ level: 'info', message });
    lastLines.push(message);
    if (lastLines.length > keptLines) lastLines.shift();
  });
}

type Program = ChildProcessByStdio<null, Readable, Readable>;

/** Its exit, when all it said was read. */
function ended(program: Program, file: string) {
  return new Promise<{ code: number | null; killedBy: NodeJS.Signals | null }>((resolve, reject) => {
    program.once('error', (cause) => reject(startFailure(file, cause)));
    program.once('close', (code, killedBy) => resolve({ code, killedBy }));
    program.once('exit', () => {
      const timer = setTimeout(() => {
        program.stdout.destroy();
        program.stderr.destroy();
      }, lastLinesMs);
      program.once('close', () => clearTimeout(timer));
    });
  });
}

/** That there is no such program is the author's to mend; that no process can be made is the machine's. */
function startFailure(file: string, cause: NodeJS.ErrnoException): FailureError {
  const { code = '' } = cause;
  if (machineCodes.has(code)) {
    const hint = diskHintOf(code);
    return infraFailure(
      `could not start ${file}: ${cause.message}`,
      { ...(hint ? { hint } : {}), details: { code } },
      cause,
    );
  }
  const hint = 'Give the path of an executable file, or a name that is on PATH; a command is no shell line.';
  return new FailureError(
    { class: 'error', message: `could not start ${file}: ${cause.message}`, hint, retryable: false },
    { cause },
  );
}

function exitFailure(file: string, code: number | null, killedBy: string | null, lastLines: readonly string[]) {
  const how = killedBy === null ? `exit code ${code}` : `signal ${killedBy}`;
  return new FailureError({
    class: 'error',
    message: `${file} ended with ${how}, expected exit code 0`,
    ...(lastLines.length > 0 ? { hint: `Its last lines: ${lastLines.slice(-3).join(' | ')}` } : {}),
    details: { exitCode: code, signal: killedBy, lastLines },
  });
}

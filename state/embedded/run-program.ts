import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { errorCode } from './embedded-error.ts';

const COMPLAINT_CHARACTERS_MAX = 4_000;

/**
 * All that the server and its tools see of the environment: it may hold secrets, and the server outlives this process.
 * The paths are those where Linux distributions and macOS keep `unshare` and `sh`.
 */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/run/current-system/sw/bin',
  LANG: 'C',
  LC_ALL: 'C',
  TZ: 'UTC',
};

export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

export interface ProgramResult {
  readonly succeeded: boolean;
  /** What it wrote to standard error, or why it could not be run. */
  readonly complaint: string;
}

/**
 * Runs a program to its end. When it must stop early its whole group is killed, and the wait goes on until all of them
 * are gone: a child of initdb that outlived it would write into the folder the caller is about to remove.
 */
export async function runProgram(call: ProgramCall, limitMs: number, signal?: AbortSignal): Promise<ProgramResult> {
  signal?.throwIfAborted();
  const { file, args, ...owner } = call;
  const options = { ...owner, cwd: '/', env: CHILD_ENVIRONMENT, detached: true };
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])]);
  const kill = () => killGroup(child);
  stop.addEventListener('abort', kill, { once: true });
  const result = await resultOf(child);
  stop.removeEventListener('abort', kill);
  return stop.aborted ? { succeeded: false, complaint: `${result.complaint}\n(stopped early)`.trim() } : result;
}

/** `close`, unlike `exit`, comes when every process that shares its standard error has ended. */
function resultOf(child: ChildProcessByStdio<null, null, Readable>): Promise<ProgramResult> {
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS_MAX);
  });
  return new Promise((done) => {
    child.once('error', (error) => {
      done({ succeeded: false, complaint: error.message });
    });
    child.once('close', (code) => {
      done({ succeeded: code === 0, complaint: complaint.trim() });
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

import { execFile } from 'node:child_process';

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

export function runProgram(call: ProgramCall, limitMs: number, signal?: AbortSignal): Promise<ProgramResult> {
  const { file, args, ...owner } = call;
  const options = { ...owner, ...(signal && { signal }), cwd: '/', env: CHILD_ENVIRONMENT, timeout: limitMs };
  return new Promise((done) => {
    execFile(file, args, { ...options, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      done({ succeeded: error === null, complaint: stderr.trim() || (error?.message ?? '') });
    });
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../config/load.ts';
import { openWire, wireDescriptor } from '../../model/wire.ts';
import { type Finding, failing, fine } from './finding.ts';

const deadlineMs = 15_000;

/** Starts a process such as components run in, and waits until it says that it is ready. */
export async function checkChild(): Promise<Finding> {
  const subject = 'child process';
  const hint = 'Run `npm run build`, and see that this user may start processes.';
  try {
    const entry = fileURLToPath(new URL('./child.js', import.meta.url));
    const { childEnvironment } = loadConfig({ environment: 'sandbox' });
    const env = { ...childEnvironment };
    const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const problem = await problemOf(child);
    child.kill('SIGKILL');
    return problem === undefined
      ? fine(subject, 'starts and is ready')
      : { level: 'fail', subject, message: problem, hint };
  } catch (error) {
    return failing(subject, error, hint);
  }
}

function problemOf(child: ChildProcess): Promise<string | undefined> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = `${complaint}${text}`.slice(-2_000);
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`was not ready after ${deadlineMs / 1_000}s`), deadlineMs);
    const stream = child.stdio[wireDescriptor];
    if (stream) {
      openWire(
        stream as Duplex,
        () => resolve(undefined),
        () => {},
      );
    }
    child.once('error', (error) => resolve(`does not start: ${error.message}`));
    child.once('close', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}: ${complaint.trim()}`));
    child.once('exit', () => clearTimeout(timer));
  });
}

import { fork } from 'node:child_process';
import type { SandboxOrder, SandboxReady, SandboxRefused } from './messages.ts';
import { SandboxError } from './sandbox-error.ts';

export interface LaunchOptions {
  /** Compiled `engine/sandbox/entry`. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly order: SandboxOrder;
}

/** A running sandbox origin. */
export interface Sandbox {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly modes: Readonly<Record<string, 'files' | 'generated'>>;
  baseUrlOf(part: string): string;
  /** Resolves when the process is gone. */
  readonly exited: Promise<void>;
  close(): Promise<void>;
}

/** Starts the origin and waits until it answers. */
export async function launchSandbox({ entry, environment, order }: LaunchOptions): Promise<Sandbox> {
  // Whatever it prints is for people: our stdout carries results.
  const child = fork(entry, [], { env: { ...environment }, stdio: ['ignore', 2, 'inherit', 'ipc'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const answer = new Promise<SandboxReady | SandboxRefused>((resolve, reject) => {
    child.once('message', resolve);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new SandboxError(`the sandbox ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
  child.send(order);
  const ready = await answer;
  if (ready.type === 'refused') throw new SandboxError(ready.message);
  const { host, port, modes } = ready;
  return {
    host,
    port,
    modes,
    pid: child.pid ?? 0,
    exited,
    baseUrlOf: (part) => `http://${host}:${port}/${part}`,
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

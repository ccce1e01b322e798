import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Residue, type ToChild, type ToParent, tokenVariable } from '../../model/messages.ts';
import type { LogLine } from '../../model/task.ts';

const keptErrorLines = 20;

export interface ChildOptions {
  /** Compiled `engine/attempt/entry`. */
  readonly entry: string;
  /** The few variables that a child gets. Secrets are not among them: they come with each task. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its last lines on stderr, where Node says why it gave up. */
  readonly lastErrors: readonly string[];
}

export type ChildAnswer = Extract<ToParent, { type: 'probed' | 'ended' }>;

/** Who hears a child while it works on a task. */
export interface ChildListener {
  onAnswer(answer: ChildAnswer): void;
  onProgress(message: Extract<ToParent, { type: 'progress' }>): void;
  onLog(line: LogLine): void;
}

/** One child process: leader of its own group, marked by a token that everything it starts inherits. */
export interface Child {
  readonly pid: number;
  readonly token: string;
  readonly exited: Promise<ChildExit>;
  /** Tasks it has answered. */
  served: number;
  /** What the last task left in it. */
  residue?: Residue;
  /** False once it must not be given another task. */
  isClean: boolean;
  send(message: ToChild): void;
  listen(listener: ChildListener): void;
  /** Lets it go by itself: without its channel a child that is idle exits. */
  dismiss(): void;
}

export function startChild({ entry, environment }: ChildOptions): Child {
  const token = randomBytes(16).toString('hex');
  const process = fork(entry, [], {
    detached: true,
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...environment, [tokenVariable]: token },
  });
  const lastErrors: string[] = [];
  let listener: ChildListener | undefined;
  const onLine = (message: string) => listener?.onLog({ level: 'info', message });
  followLines(process, onLine, lastErrors);
  process.on('message', (message: ToParent) => listener && route(message, listener));
  return {
    pid: process.pid ?? 0,
    token,
    exited: exitOf(process, lastErrors),
    served: 0,
    isClean: true,
    send: (message) => void (process.connected && process.send(message, () => {})),
    listen: (next) => {
      listener = next;
    },
    dismiss: () => void (process.connected && process.disconnect()),
  };
}

function route(message: ToParent, listener: ChildListener): void {
  if (message.type === 'log') listener.onLog(message.line);
  else if (message.type === 'progress') listener.onProgress(message);
  else if (message.type !== 'ready') listener.onAnswer(message);
}

function followLines(process: ChildProcess, onLine: (line: string) => void, lastErrors: string[]): void {
  if (process.stdout) createInterface({ input: process.stdout }).on('line', onLine);
  if (!process.stderr) return;
  createInterface({ input: process.stderr }).on('line', (line) => {
    onLine(line);
    lastErrors.push(line);
    if (lastErrors.length > keptErrorLines) lastErrors.shift();
  });
}

/** `close` comes after the last line of both streams, `exit` may come before. */
function exitOf(process: ChildProcess, lastErrors: readonly string[]): Promise<ChildExit> {
  return new Promise((resolve) => {
    process.once('exit', (code, signal) => {
      const done = () => resolve({ code, signal, lastErrors });
      process.once('close', done);
      // A grandchild may hold the pipes open for ever; the exit itself is what counts.
      setImmediate(() => setImmediate(done));
    });
    process.once('error', (error) => resolve({ code: null, signal: null, lastErrors: [error.message] }));
  });
}

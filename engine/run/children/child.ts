import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { followLines } from '../../model/lines.ts';
import { type Residue, type ToChild, type ToParent, tokenVariable } from '../../model/messages.ts';
import type { LogLine } from '../../model/task.ts';
import { openWire, type Wire, wireDescriptor } from '../../model/wire.ts';
import { heardFrom } from './heard.ts';
import { signalGroup } from './process-table.ts';

const keptErrorLines = 20;
const outOfMemory = /heap out of memory|Allocation failed - /;

export interface ChildOptions {
  /** Compiled `engine/attempt/entry`. */
  readonly entry: string;
  /** The few variables that a child gets. Secrets are not among them: they come with each task. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the tokens of all children of this engine begin with: by it they are found when it is gone. */
  readonly mark?: string;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It never started. */
  readonly error?: Error;
}

/** What it said on stderr, where Node says why it gave up. */
export interface LastWords {
  readonly lines: readonly string[];
  /** Kept apart: a stack of any length comes after the line that says so. */
  readonly isOutOfMemory: boolean;
}

export type ChildAnswer = Extract<ToParent, { type: 'probed' | 'ended' }>;

/** Who hears a child while it works on a task. */
export interface ChildListener {
  onAnswer(answer: ChildAnswer): void;
  onProgress(message: Extract<ToParent, { type: 'progress' }>): void;
  onLog(line: LogLine): void;
  onQuota(message: Extract<ToParent, { type: 'quota' | 'quota_observed' }>): void;
}

/** One child process: leader of its own group, marked by a token that everything it starts inherits. */
export interface Child {
  readonly pid: number;
  readonly token: string;
  readonly exited: Promise<ChildExit>;
  /** Resolves after its exit, when the last line of both streams was read and nobody holds them open any more. */
  readonly lastWords: Promise<LastWords>;
  /** Tasks it has answered. */
  served: number;
  /** What the last task left in it. */
  residue?: Residue;
  /** False once it must not be given another task. */
  isClean: boolean;
  send(message: ToChild): void;
  listen(listener: ChildListener): void;
  /** Resolves when all that it printed before its answer was heard. */
  hearOut(): Promise<void>;
  /** Lets it go by itself: without its channel a child that is idle exits. */
  dismiss(): void;
}

export function startChild({ entry, environment, mark = '' }: ChildOptions): Child {
  const token = `${mark}${randomBytes(16).toString('hex')}`;
  const process = forked(entry, { ...environment, [tokenVariable]: token });
  if (process instanceof Error) return unstarted(process, token);
  let listener: ChildListener | undefined;
  const { lastWords, hearOpenLines } = listenTo(process, (message) => listener?.onLog({ level: 'info', message }));
  const wire = wireOf(process, (message) => listener && route(message, listener));
  return {
    pid: process.pid ?? 0,
    token,
    exited: exitOf(process),
    lastWords,
    served: 0,
    isClean: true,
    send: (message) => wire?.send(message),
    listen: (next) => {
      listener = next;
    },
    async hearOut() {
      // It flushes before it answers: one turn of the event loop reads what is in the pipes, after a second that is past.
      for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      hearOpenLines();
    },
    dismiss: () => wire?.close(),
  };
}

/** Node tells of some troubles by an event, of others (ENOMEM) by a throw. */
function forked(entry: string, env: NodeJS.ProcessEnv): ChildProcess | Error {
  try {
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const;
    return spawn(process.execPath, [...process.execArgv, entry], { detached: true, stdio: [...stdio], env });
  } catch (error) {
    return error as Error;
  }
}

function unstarted(reason: Error, token: string): Child {
  return {
    pid: 0,
    token,
    exited: Promise.resolve({ code: null, signal: null, error: reason }),
    lastWords: Promise.resolve({ lines: [], isOutOfMemory: false }),
    served: 0,
    isClean: false,
    send: () => {},
    listen: () => {},
    hearOut: () => Promise.resolve(),
    dismiss: () => {},
  };
}

/** Of a child that has closed its end nothing more could be heard: it is ended. There is none where it never started. */
function wireOf(process: ChildProcess, onMessage: (message: unknown) => void): Wire | undefined {
  // Node gives it no streams at all where this process may open no more files.
  const { stdio } = process as Partial<Pick<ChildProcess, 'stdio'>>;
  const stream = stdio?.[wireDescriptor];
  if (!stream) return undefined;
  let isDismissed = false;
  const wire = openWire(stream as Duplex, onMessage, () => {
    const isGone = process.exitCode !== null || process.signalCode !== null;
    if (!isDismissed && !isGone) signalGroup(process.pid ?? 0, 'SIGKILL');
  });
  return {
    ...wire,
    close: () => {
      isDismissed = true;
      wire.close();
    },
  };
}

function route(message: unknown, listener: ChildListener): void {
  const said = heardFrom(message);
  if (said?.type === 'log') listener.onLog(said.line);
  else if (said?.type === 'progress') listener.onProgress(said);
  else if (said?.type === 'quota' || said?.type === 'quota_observed') listener.onQuota(said);
  else if (said?.type === 'probed' || said?.type === 'ended') listener.onAnswer(said);
}

function listenTo(process: ChildProcess, onLine: (line: string) => void) {
  const lines: string[] = [];
  let isOutOfMemory = false;
  const onError = (line: string) => {
    onLine(line);
    isOutOfMemory ||= outOfMemory.test(line);
    lines.push(line);
    if (lines.length > keptErrorLines) lines.shift();
  };
  const hearOpenOut = process.stdout && followLines(process.stdout, onLine);
  const hearOpenErrors = process.stderr && followLines(process.stderr, onError);
  return {
    lastWords: new Promise<LastWords>((resolve) => process.once('close', () => resolve({ lines, isOutOfMemory }))),
    hearOpenLines: () => {
      hearOpenOut?.();
      hearOpenErrors?.();
    },
  };
}

function exitOf(process: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    process.once('exit', (code, signal) => resolve({ code, signal }));
    process.on('error', (error) => {
      // A message that could not be sent is an error as well, and says nothing of the process.
      if (process.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
}

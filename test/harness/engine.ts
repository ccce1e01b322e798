import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findEngine } from '../../engine/bootstrap/find-engine.js';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import type { EngineEntry } from '../../engine/load/engine-entry.ts';

/** The folder of the compiled engine, built from the sources as they are now; at once when that was done before. */
export async function buildEngine(): Promise<string> {
  return await findEngine();
}

/** What DAG files get for `signalbox` and `zod` when the loader itself runs from its sources. */
export async function builtEngineEntry(): Promise<EngineEntry> {
  const engine = await buildEngine();
  const urlOf = (name: string) => pathToFileURL(join(engine, name)).href;
  return { signalbox: urlOf('api.js'), zod: urlOf('zod.js') };
}

export interface EngineOptions {
  /** Default: the root of the project, with its `dags/`. */
  readonly cwd?: string;
  /** On top of this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** SIGNALBOX_HOME. */
  readonly home?: string;
  /** Default: the Node that runs the tests. */
  readonly node?: string;
}

export interface EngineExit {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of both, in the order in which they came. */
  readonly lines: readonly string[];
}

export interface RunningEngine {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Resolves when the process is gone and all it wrote was read. */
  readonly exit: Promise<EngineExit>;
  /** Resolves with the first line, already written or still to come, that matches. Rejects when it ends without one. */
  line(pattern: RegExp): Promise<string>;
  kill(signal?: NodeJS.Signals): void;
}

/** Runs `node engine …args` to its end. */
export async function runEngine(args: readonly string[], options: EngineOptions = {}): Promise<EngineExit> {
  return await startEngine(args, options).exit;
}

/** Starts `node engine …args`, to be watched, stopped or killed. */
export function startEngine(args: readonly string[], options: EngineOptions = {}): RunningEngine {
  const child = spawn(options.node ?? process.execPath, [join(projectRoot, 'engine'), ...args], {
    cwd: options.cwd ?? projectRoot,
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const addLine = (line: string) => {
    lines.push(line);
    for (const look of waiting) look();
  };
  const stdout = collect(child.stdout, addLine);
  const stderr = collect(child.stderr, addLine);
  const exit = once(child, 'close').then(
    ([code, signal]): EngineExit => ({ code, signal, stdout: stdout(), stderr: stderr(), lines }),
  );
  return {
    process: child,
    pid: child.pid ?? Number.NaN,
    exit,
    line: (pattern) => lineMatching(pattern, { lines, waiting, exit }),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
  };
}

function environment({ env, home }: EngineOptions): NodeJS.ProcessEnv {
  const all = { ...process.env, NO_COLOR: '1', ...(home !== undefined && { SIGNALBOX_HOME: home }), ...env };
  // Set by vitest for its own processes.
  return Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && !/^VITEST|^NODE_ENV$/.test(name)),
  );
}

/** Cuts a stream into lines as they come, and returns a function that tells all of it. */
function collect(stream: NodeJS.ReadableStream, addLine: (line: string) => void): () => string {
  let all = '';
  let open = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    all += text;
    const parts = (open + text).split('\n');
    open = parts.pop() ?? '';
    for (const part of parts) addLine(part);
  });
  stream.on('end', () => {
    if (open !== '') addLine(open);
  });
  return () => all;
}

interface Watched {
  readonly lines: readonly string[];
  readonly waiting: Set<() => void>;
  readonly exit: Promise<EngineExit>;
}

async function lineMatching(pattern: RegExp, { lines, waiting, exit }: Watched): Promise<string> {
  return await new Promise((resolve, reject) => {
    const look = () => {
      const found = lines.find((line) => pattern.test(line));
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    void exit.then(() => reject(new Error(`expected a line that matches ${pattern}, got\n${lines.join('\n')}`)));
  });
}

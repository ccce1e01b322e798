import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openState, type State } from '../../state/open-state.ts';
import { projectRoot, workFolder } from './arguments.ts';

/** A project of a user's own, with its own database: `node engine …` runs there as whole processes. */
export interface Project {
  readonly folder: string;
  readonly home: string;
  writeDag(name: string, text: string): void;
  /** Ends when the process has. */
  engine(args: readonly string[], options?: EngineOptions): Promise<Finished>;
  /** Keeps the server up until it is closed. */
  holdServer(): Promise<State>;
}

export interface EngineOptions {
  /** Options of Node itself. */
  readonly nodeArguments?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface Finished {
  readonly ms: number;
  readonly stdout: string;
}

export function createProject(): Project {
  mkdirSync(workFolder, { recursive: true });
  const folder = mkdtempSync(join(workFolder, 'project-'));
  const home = join(folder, '.signalbox');
  mkdirSync(join(folder, 'dags'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return {
    folder,
    home,
    writeDag: (name, text) => writeFileSync(join(folder, 'dags', `${name}.ts`), text),
    engine: (args, { nodeArguments = [], variables = {} } = {}) =>
      runNode([...nodeArguments, join(projectRoot, 'engine'), ...args], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...variables },
      }),
    holdServer: () => openState({ home }),
  };
}

/** A Node process from its start to its exit. Throws with what it printed when that is not 0. */
export function runNode(args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('exit', () => {
      const ms = performance.now() - startedMs;
      child.on('close', (code) => {
        if (code === 0) resolve({ ms, stdout });
        else reject(new Error(`node ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`));
      });
    });
  });
}

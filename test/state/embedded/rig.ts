import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Client, type ClientConfig, type QueryResultRow } from 'pg';
import { afterAll, afterEach } from 'vitest';
import { destroyEmbedded } from '../../../state/embedded/destroy-embedded.ts';
import type { EmbeddedConnection } from '../../../state/embedded/lock-connection.ts';
import { openEmbedded } from '../../../state/embedded/open-embedded.ts';
import { temporaryRoot } from '../../harness/temporary-root.ts';

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const NODE_MODULES = fromHere('../../../node_modules');

const HIDE_UNSHARE = 'mount --bind /bin/false /usr/bin/unshare && exec "$0" "$@"';
const IPC_STDIO: ('inherit' | 'ipc')[] = ['inherit', 'inherit', 'inherit', 'ipc'];

const clearings: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const clear of clearings.splice(0).toReversed()) await clear();
});

afterAll(async () => {
  if (booted) rmSync(await booted, { recursive: true, force: true });
});

export function temporaryFolder(root = temporaryRoot()): string {
  const folder = mkdtempSync(join(root, 'signalbox-test-'));
  clearings.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A home on which nothing ran yet; its server, if any, is stopped after the test. */
export function freshHome(): string {
  const home = join(temporaryFolder(), '.signalbox');
  mkdirSync(home, { recursive: true });
  stopAfterTest(home);
  return home;
}

let booted: Promise<string> | undefined;

/** A home that had its first boot: a copy of one made for the whole file, which saves most of a second a test. */
export async function bootedHome(parts: readonly string[] = []): Promise<string> {
  booted ??= bootOnce();
  const home = join(temporaryFolder(), ...parts, '.signalbox');
  stopAfterTest(home);
  cpSync(await booted, home, { recursive: true });
  return home;
}

async function bootOnce(): Promise<string> {
  const home = mkdtempSync(join(temporaryRoot(), 'signalbox-booted-'));
  await (await openEmbedded({ home })).close();
  return home;
}

function stopAfterTest(home: string): void {
  clearings.push(async () => {
    await destroyEmbedded({ home, force: true });
  });
}

export async function query<Row extends QueryResultRow>(
  connection: ClientConfig,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new Client(connection);
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Polls a condition that nothing announces; the bound only keeps a failing test from hanging. */
export async function eventually(isMet: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 2_000; round += 1) {
    if (await isMet()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('expected the condition to come true, got none within 2000 looks');
}

/** Node 20 runs no TypeScript: the process is a bundle beside a node_modules, which may be a test's own. */
export async function bundleEngineProcess(nodeModules = NODE_MODULES): Promise<string> {
  const folder = temporaryFolder();
  const outfile = join(folder, 'engine-process.mjs');
  symlinkSync(nodeModules, join(folder, 'node_modules'));
  await build({
    entryPoints: [fromHere('fixtures/engine-process.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}

export interface EngineProcess {
  readonly child: ChildProcess;
  /** Settles when the process has opened its home, or could not. */
  readonly opened: Promise<EmbeddedConnection>;
  ask(request: 'insert'): Promise<void>;
  /** Closes the server and waits for the process to end by itself. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

export interface EngineProcessOptions {
  readonly uid?: number;
  readonly detached?: boolean;
  /** Hides `unshare` from the process, in a mount namespace of its own; needs root. */
  readonly withoutUserNamespaces?: boolean;
}

export function startEngineProcess(bundle: string, home: string, options: EngineProcessOptions = {}): EngineProcess {
  const { withoutUserNamespaces = false, ...rest } = options;
  const child = withoutUserNamespaces
    ? spawn('unshare', ['--mount', 'sh', '-c', HIDE_UNSHARE, process.execPath, bundle, home], { stdio: IPC_STDIO })
    : fork(bundle, [home], { ...rest, execArgv: [] });
  const ended = once(child, 'exit');
  clearings.push(() => {
    child.kill('SIGKILL');
  });
  const ask = async (request: 'insert') => {
    const reply = once(child, 'message');
    child.send(request);
    await reply;
  };
  return {
    child,
    opened: firstMessage(child),
    ask,
    close: async () => {
      child.send('close');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstMessage(child: ChildProcess): Promise<EmbeddedConnection> {
  const told = once(child, 'message');
  const [message] = await Promise.race([told, once(child, 'exit')]);
  if (isOpened(message)) return message.connection;
  throw new Error(isFailed(message) ? message.failed : `the engine process ended with ${String(message)}`);
}

function isOpened(message: unknown): message is { connection: EmbeddedConnection } {
  return typeof message === 'object' && message !== null && 'connection' in message;
}

function isFailed(message: unknown): message is { failed: string } {
  return typeof message === 'object' && message !== null && 'failed' in message;
}

import { Socket } from 'node:net';
import { pathToFileURL } from 'node:url';
import type { Dag } from '../model/component.ts';
import type { Failure } from '../model/failure.ts';
import { importModule } from '../model/import-module.ts';
import type { Residue, ToChild, ToParent } from '../model/messages.ts';
import type { AttemptTask, StopCause } from '../model/task.ts';
import { unreachable } from '../model/unreachable.ts';
import { openWire, wireDescriptor } from '../model/wire.ts';
import type { Channel } from './channel.ts';
import { failureOf } from './failure-of.ts';
import { perform, probe } from './perform.ts';
import { createQuotaLine } from './quota-line.ts';
import { rssBytes, watchResidue } from './residue.ts';
import { endGroup, startWatchdog } from './watchdog.ts';

/** The child side: waits for a task, performs it, reports, waits for the next. It never touches the engine's tables. */

interface CurrentTask {
  readonly kind: 'probe' | 'attempt';
  readonly abort: AbortController;
  readonly startedMs: number;
}

let current: CurrentTask | undefined;

const quotaLine = createQuotaLine(send);

interface LoadedBundle {
  readonly dag: Dag;
  /** Since the bundle was loaded, or since the task before. */
  readonly residue: () => Residue;
}

let loading: Promise<LoadedBundle> | undefined;

const channel: Channel = {
  log: (line) => send({ type: 'log', line }),
  progress: (progress) => send({ type: 'progress', progress }),
  quota: quotaLine.counter,
};

function send(message: ToParent, onSent?: () => void): void {
  wire.send(message, onSent);
}

/** What the bundle opens while it is loaded is its own, and no task's residue. */
async function load(bundle: string): Promise<LoadedBundle> {
  const { default: dag } = (await importModule(pathToFileURL(bundle).href)) as { default: Dag };
  return { dag, residue: watchResidue() };
}

function onPrepare(bundle: string): void {
  loading = load(bundle);
  // The task that needs it hears of it.
  loading.catch(() => {});
}

async function onTask(kind: 'probe' | 'attempt', task: AttemptTask): Promise<void> {
  const abort = new AbortController();
  current = { kind, abort, startedMs: performance.now() };
  if (!loading) throw new Error('Internal error: a task came before its bundle');
  const { dag, residue } = await loading;
  const work = { dag, task, channel, signal: abort.signal, ownsProcess: true };
  if (kind === 'probe') {
    const result = await probe(work);
    await flushOutput();
    send({ type: 'probed', result, residue: residue() });
  } else {
    const outcome = await perform(work);
    await flushOutput();
    send({ type: 'ended', outcome, residue: residue() });
  }
  current = undefined;
}

/** What the component printed must be in the pipes before the parent hears that it has ended. */
async function flushOutput(): Promise<void> {
  const unwritten = [process.stdout, process.stderr].filter(({ writableLength }) => writableLength > 0);
  await Promise.all(unwritten.map((stream) => new Promise<void>((resolve) => stream.write('', () => resolve()))));
}

function onStop(cause: StopCause): void {
  current?.abort.abort(new Error(`stopped: ${cause}`));
}

async function onMessage(message: ToChild): Promise<void> {
  switch (message.type) {
    case 'prepare':
      onPrepare(message.bundle);
      return;
    case 'probe':
    case 'attempt':
      return onTask(message.type, message.task);
    case 'quota_reply':
      quotaLine.hear(message.id, message.reply);
      return;
    case 'stop':
      onStop(message.cause);
      return;
    default:
      unreachable(message);
  }
}

/** An error of the component outside of its promise: the task is over, and this process cannot be trusted again. */
function onStrayError(thrown: unknown): void {
  process.exitCode = 70;
  const failure = strayFailure(thrown);
  channel.log({ level: 'error', message: failure.stack ?? failure.message });
  if (!current) process.exit();
  const residue = { handles: ['StrayError'], spawned: 0, rssBytes: rssBytes() };
  const metrics = { wallMs: performance.now() - current.startedMs };
  const answer: ToParent =
    current.kind === 'probe'
      ? { type: 'probed', result: { known: false, message: failure.message }, residue }
      : { type: 'ended', outcome: { status: 'failed', failure, metrics }, residue };
  send(answer, () => process.exit());
}

function strayFailure(thrown: unknown): Failure {
  const failure = failureOf(thrown);
  const hint = 'Await every promise, and catch what timers and event listeners throw.';
  return { hint, ...failure, message: `outside of the component's promise: ${failure.message}` };
}

process.on('uncaughtException', onStrayError);
process.on('unhandledRejection', onStrayError);
// Ctrl-C reaches the whole terminal; only the parent decides what is stopped, and how.
process.on('SIGINT', () => {});
const wire = openWire(
  new Socket({ fd: wireDescriptor, readable: true, writable: true }),
  (message) => void onMessage(message as ToChild).catch(onStrayError),
  // Between two tasks it was dismissed; during one its parent is gone, and what the task started must go as well.
  () => (current ? endGroup() : process.exit()),
);
startWatchdog();
send({ type: 'ready' });

import { pathToFileURL } from 'node:url';
import type { Dag } from '../model/component.ts';
import type { ToChild, ToParent } from '../model/messages.ts';
import type { AttemptTask, StopCause } from '../model/task.ts';
import { unreachable } from '../model/unreachable.ts';
import type { Channel } from './channel.ts';
import { perform, probe } from './perform.ts';
import { watchResidue } from './residue.ts';
import { startWatchdog } from './watchdog.ts';

/** The child side: waits for a task, performs it, reports, waits for the next. It never touches the engine's tables. */

let abort: AbortController | undefined;

const channel: Channel = {
  log: (line) => send({ type: 'log', line }),
  progress: (progress) => send({ type: 'progress', progress }),
};

function send(message: ToParent): void {
  process.send?.(message);
}

async function importDag(bundle: string): Promise<Dag> {
  const { default: dag } = (await import(pathToFileURL(bundle).href)) as { default: Dag };
  return dag;
}

async function onTask(kind: 'probe' | 'attempt', bundle: string, task: AttemptTask): Promise<void> {
  abort = new AbortController();
  const dag = await importDag(bundle);
  const residue = watchResidue();
  const performance = { dag, task, channel, signal: abort.signal, ownsProcess: true };
  if (kind === 'probe') {
    const result = await probe(performance);
    send({ type: 'probed', result, residue: residue() });
  } else {
    const outcome = await perform(performance);
    send({ type: 'ended', outcome, residue: residue() });
  }
}

function onStop(cause: StopCause): void {
  abort?.abort(new Error(`stopped: ${cause}`));
}

async function onMessage(message: ToChild): Promise<void> {
  switch (message.type) {
    case 'prepare':
      await importDag(message.bundle);
      return;
    case 'probe':
    case 'attempt':
      return onTask(message.type, message.bundle, message.task);
    case 'stop':
      onStop(message.cause);
      return;
    default:
      unreachable(message);
  }
}

/** An error of the component outside of its promise: the attempt is over, and this process cannot be trusted again. */
function onStrayError(thrown: unknown): void {
  const message = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  channel.log({ level: 'error', message: `uncaught outside of the component's promise: ${message}` });
  process.exitCode = 70;
  process.disconnect();
  process.exit();
}

process.setSourceMapsEnabled(true);
process.on('uncaughtException', onStrayError);
process.on('unhandledRejection', onStrayError);
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole terminal; only the parent decides what is stopped, and how.
process.on('SIGINT', () => {});
process.on('message', (message: ToChild) => void onMessage(message).catch(onStrayError));
startWatchdog();
send({ type: 'ready' });

import type { ToChild, ToParent } from '../../model/messages.ts';
import type { Clock } from '../../model/ports.ts';
import type { QuotaCounter } from '../../model/quota.ts';
import type { AttemptControl, StopCause } from '../../model/task.ts';
import type { Child, ChildAnswer, ChildExit, LastWords } from './child.ts';
import { killChild, type Proof, stopChild } from './ladder.ts';

/** For the last lines of a child that is dead with all it started; a stranger may still hold its streams open. */
const lastWordsMs = 1_000;

/** How one task given to a child came back. */
export type Exchange =
  | { readonly kind: 'answered'; readonly answer: ChildAnswer }
  | { readonly kind: 'died'; readonly exit: ChildExit; readonly lastWords: LastWords; readonly proof: Proof }
  | { readonly kind: 'stopped'; readonly cause: StopCause; readonly proof: Proof };

/** Sends a task and waits for its answer, the child's death, the deadline or the stop of the run, whatever is first. */
export async function exchange(
  child: Child,
  message: ToChild,
  control: AttemptControl,
  clock: Clock,
): Promise<Exchange> {
  const over = new AbortController();
  const answered = listenForAnswer(child, control);
  child.send(message);
  try {
    const first = await Promise.race([
      answered.then((answer) => ({ kind: 'answered', answer }) as const),
      child.exited.then((exit) => ({ kind: 'died', exit }) as const),
      clock.sleep(control.timeoutMs, over.signal).then(() => ({ kind: 'stop', cause: 'component_timeout' }) as const),
      stopOf(control.signal, over.signal).then((cause) => ({ kind: 'stop', cause }) as const),
    ]);
    if (first.kind === 'answered') {
      await child.hearOut();
      return first;
    }
    if (first.kind === 'died') return await bury(child, first.exit, clock);
    const { graceMs, hurry } = control;
    const proof = await stopChild(child, { cause: first.cause, graceMs, answered, hurry }, clock);
    return { kind: 'stopped', cause: first.cause, proof };
  } finally {
    over.abort('over');
  }
}

/** It is gone, but perhaps not what it started. */
async function bury(child: Child, exit: ChildExit, clock: Clock): Promise<Exchange> {
  const proof = await killChild(child, clock);
  const timer = new AbortController();
  const silence = clock.sleep(lastWordsMs, timer.signal).then(() => ({ lines: [], isOutOfMemory: false }));
  const lastWords = await Promise.race([child.lastWords, silence]);
  timer.abort();
  return { kind: 'died', exit, lastWords, proof };
}

function listenForAnswer(child: Child, control: AttemptControl): Promise<ChildAnswer> {
  return new Promise((resolve) => {
    child.listen({
      onAnswer: (answer) => {
        child.served += 1;
        child.residue = answer.residue;
        resolve(answer);
      },
      onProgress: ({ progress }) => control.onProgress(progress),
      onLog: (line) => control.onLog(line),
      onQuota: (message) => void onQuota(message, child, control.quota),
    });
  });
}

/** A component whose calls are not counted has no business with it: nobody answers. */
async function onQuota(
  message: Extract<ToParent, { type: 'quota' | 'quota_observed' }>,
  child: Child,
  quota: QuotaCounter | undefined,
): Promise<void> {
  if (message.type === 'quota_observed') quota?.learn(message.observation);
  else if (quota) child.send({ type: 'quota_reply', id: message.id, reply: await quota.take(message.ask) });
}

/** Resolves with the cause when the run is stopped; `over` takes the listener away again. */
function stopOf(signal: AbortSignal, over: AbortSignal): Promise<StopCause> {
  return new Promise((resolve) => {
    const onAbort = () => resolve(signal.reason as StopCause);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    over.addEventListener('abort', () => signal.removeEventListener('abort', onAbort), { once: true });
  });
}

import { FailureError } from 'signalbox';

export interface DeadlineOptions {
  /** The attempt's own signal: aborts the exchange with its reason. */
  readonly signal: AbortSignal;
  /** Cap on the whole exchange. */
  readonly totalMs?: number;
  /** Cap on the silence between two signs of life. */
  readonly idleMs: number;
  readonly describe: () => string;
}

/** Ends an exchange that takes too long, is silent for too long, or is no longer wanted. */
export interface Deadline {
  /** Aborts with a FailureError of class `timeout`. */
  readonly signal: AbortSignal;
  /** A sign of life: the silence is counted from now. The first one starts the count. */
  touch(): void;
  /** Nothing is expected from the source for now. */
  rest(): void;
  /** Must be called when the exchange is over, however it ended. */
  end(): void;
}

/** Beyond this `setTimeout` fires at once. */
const longestTimerMs = 2 ** 31 - 1;

export function startDeadline(options: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const expire = (why: string) => controller.abort(timeoutFailure(`${options.describe()}: ${why}`));
  const stop = () => controller.abort(stopped(options.signal.reason, options.describe()));
  const after = (ms: number, why: string) => setTimeout(() => expire(why), Math.min(ms, longestTimerMs));

  const { idleMs, totalMs } = options;
  const total = totalMs === undefined ? undefined : after(totalMs, `expected the answer within ${totalMs} ms`);
  let idle: NodeJS.Timeout | undefined;
  const rest = () => {
    clearTimeout(idle);
    idle = undefined;
  };

  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  return {
    signal: controller.signal,
    touch() {
      if (idle) idle.refresh();
      else idle = after(idleMs, `expected a byte at least every ${idleMs} ms, got silence`);
    },
    rest,
    end() {
      rest();
      clearTimeout(total);
      options.signal.removeEventListener('abort', stop);
    },
  };
}

function timeoutFailure(message: string): FailureError {
  return new FailureError({
    class: 'timeout',
    message,
    hint: 'The source is slow or hangs; try again, or raise the timeout.',
  });
}

function stopped(reason: unknown, where: string): FailureError {
  if (reason instanceof FailureError) return reason;
  const why = reason instanceof Error ? reason.message : String(reason);
  return new FailureError({ class: 'timeout', message: `${where}: stopped: ${why}` }, { cause: reason });
}

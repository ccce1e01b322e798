import { formatDuration } from '../model/duration.ts';
import type { AttemptFinished, AttemptLogged, RunEvent } from '../model/event.ts';
import { isFailing } from '../model/status.ts';
import { unreachable } from '../model/unreachable.ts';
import type { Paint } from './paint.ts';
import { oneLine } from './printable.ts';
import type { Reporter, Write } from './reporter.ts';
import { decidingSentence, endWords, words } from './wording.ts';

export interface LineOptions {
  readonly paint: Paint;
  /** Also what components log below `warn`. */
  readonly verbose: boolean;
}

/** One plain line for each thing that happens: for logs, pipes and terminals that cannot be redrawn. */
export function createLineReporter(write: Write, options: LineOptions): Reporter {
  return {
    hear: (event) => {
      const line = eventLine(event, options);
      if (line !== undefined) write(`${line}\n`);
    },
  };
}

/** The line of an event: component first, lower-case verb phrase, durations with their unit. Undefined: not worth one. */
export function eventLine(event: RunEvent, { paint, verbose }: LineOptions): string | undefined {
  switch (event.type) {
    case 'run_started':
      return runLine(event);
    case 'component_waiting':
      return `${event.component} waits for run ${event.heldBy}`;
    case 'component_probing':
      return verbose ? `${event.component} asks its sources` : undefined;
    case 'attempt_started':
      return startLine(event);
    case 'attempt_progressed':
      return undefined;
    case 'attempt_logged':
      return logLine(event, paint, verbose);
    case 'attempt_finished':
      return retryLine(event, paint);
    case 'component_finished':
      return `${event.component} ${colourOf(event.status, paint)(endWords(event))}`;
    case 'run_finished':
      return event.adopted ? `run ${event.runId}, begun by another engine, ended: ${words(event.status)}` : undefined;
    default:
      return unreachable(event);
  }
}

function runLine({ dag, environment, runId, adopted, components }: Extract<RunEvent, { type: 'run_started' }>): string {
  if (!adopted) return `${dag} runs in ${environment}, run ${runId}`;
  const { pid, host, endedBy, ended } = adopted;
  const engine = `its engine (process ${pid} on ${host}) ${goneWords[endedBy]}`;
  return `${dag} goes on in ${environment} with run ${runId}: ${engine}; ${ended} of ${components.length} components had ended`;
}

const goneWords = {
  retired: 'left before the run had ended',
  process_gone: 'died',
  lease_over: 'has not renewed its lease',
} as const;

function startLine({ component, attempt, decision }: Extract<RunEvent, { type: 'attempt_started' }>): string {
  return attempt === 1
    ? `${component} started: ${decidingSentence(decision)}`
    : `${component} started attempt ${attempt}`;
}

function logLine({ component, level, message }: AttemptLogged, paint: Paint, verbose: boolean): string | undefined {
  const text = oneLine(message);
  if (level === 'warn') return `${component} ${paint.yellow('warns')}: ${text}`;
  if (level === 'error') return `${component} ${paint.red('reports')}: ${text}`;
  return verbose ? `${component} says: ${paint.dim(text)}` : undefined;
}

/** A last attempt needs no line of its own: the end of the component says all of it. */
function retryLine(event: AttemptFinished, paint: Paint): string | undefined {
  if (event.retryInMs === undefined) return undefined;
  const why = event.failure ? `: ${oneLine(event.failure.message)}` : '';
  const again = `tries again in ${formatDuration(event.retryInMs)}`;
  return `${event.component} ${again}; ${paint.yellow(`attempt ${event.attempt} ${event.status.replaceAll('_', ' ')}${why}`)}`;
}

export function colourOf(status: Extract<RunEvent, { type: 'component_finished' }>['status'], paint: Paint) {
  if (isFailing(status) || status === 'cancelled') return paint.red;
  return status === 'success' ? paint.green : paint.dim;
}

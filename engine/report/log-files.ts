import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { AttemptFinished, AttemptLogged } from '../model/event.ts';
import type { Failure } from '../model/failure.ts';
import type { Reporter } from './reporter.ts';

/** Keeps what attempts log, and what made them fail, one NDJSON file each; a file exists only when there is something in it. */
export interface LogFiles extends Reporter {
  /** Resolves when all of it is in the files. */
  close(): Promise<void>;
}

/** One line of such a file. */
export interface LoggedLine {
  readonly at: string;
  readonly level: AttemptLogged['level'];
  readonly message: string;
  readonly fields?: AttemptLogged['fields'];
}

/** Of one attempt: a component that logs in a loop shall not fill the disk. */
const longestLog = 64 * 1024 ** 2;

interface LogFile {
  readonly stream: WriteStream;
  /** Characters written. */
  length: number;
}

/**
 * `onError` hears of the first trouble with each file (a full disk); the run goes on without its log. A file that has
 * reached `longest` says so in its last line.
 */
export function createLogFiles(directory: string, onError: (error: Error) => void, longest = longestLog): LogFiles {
  const open = new Map<string, Map<number, LogFile>>();
  const closing = new Set<Promise<void>>();
  const fileOf = ({ runId, component, attempt }: AttemptLogged): LogFile => {
    const files = open.get(component) ?? new Map<number, LogFile>();
    open.set(component, files);
    const path = logFileOf(runId, component, attempt);
    const file = files.get(attempt) ?? { stream: openStream(directory, path, onError), length: 0 };
    files.set(attempt, file);
    return file;
  };
  const write = (event: AttemptLogged) => {
    const file = fileOf(event);
    if (file.length >= longest) return;
    const line = `${lineOf(event)}\n`;
    file.length += line.length;
    file.stream.write(line);
    const message = 'this log is full: what was logged after this line is not kept';
    if (file.length >= longest) file.stream.write(`${lineOf({ ...event, level: 'warn', message })}\n`);
  };
  const end = (component: string) => {
    const files = open.get(component)?.values() ?? [];
    open.delete(component);
    for (const { stream } of files) {
      const ended = endStream(stream).finally(() => closing.delete(ended));
      closing.add(ended);
    }
  };
  return {
    hear: (event) => {
      if (event.type === 'attempt_logged') write(event);
      if (event.type === 'attempt_finished' && event.failure) write(failureLine(event, event.failure));
      if (event.type === 'component_finished') end(event.component);
    },
    close: async () => {
      for (const component of open.keys()) end(component);
      await Promise.all(closing);
    },
  };
}

/** Relative to the folder of logs: `runs/<run>/<component>.<attempt>.ndjson`; attempt 0 is the probe. */
export function logFileOf(runId: string, component: string, attempt: number): string {
  return join('runs', runId, `${component}.${attempt}.ndjson`);
}

/** The stack is kept nowhere else that a person looks. */
function failureLine({ at, runId, component, attempt }: AttemptFinished, failure: Failure): AttemptLogged {
  const { message, hint, stack } = failure;
  const fields = { ...(hint === undefined ? {} : { hint }), ...(stack === undefined ? {} : { stack }) };
  const line = { type: 'attempt_logged', at, runId, component, attempt, level: 'error', message } as const;
  return Object.keys(fields).length === 0 ? line : { ...line, fields };
}

function openStream(directory: string, file: string, onError: (error: Error) => void): WriteStream {
  const path = join(directory, file);
  try {
    mkdirSync(join(path, '..'), { recursive: true });
  } catch {
    // The stream meets the same trouble and tells it.
  }
  const stream = createWriteStream(path, { flags: 'a' });
  stream.once('error', onError);
  stream.on('error', () => {});
  return stream;
}

function endStream(stream: WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    if (stream.closed) resolve();
    stream.end();
  });
}

function lineOf({ at, level, message, fields }: AttemptLogged): string {
  const line: LoggedLine = { at: at.toISOString(), level, message, ...(fields ? { fields } : {}) };
  return JSON.stringify(line);
}

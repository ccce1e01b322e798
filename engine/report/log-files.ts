import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { diskFailure } from '../model/disk-failure.ts';
import type { AttemptFinished, AttemptLogged } from '../model/event.ts';
import type { Failure } from '../model/failure.ts';
import { formatCount } from './quantity.ts';
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

/** In characters. */
export interface LogLimits {
  /** Of one attempt: a component that logs in a loop shall not fill the disk. */
  readonly longest: number;
  /** What may wait in memory for a disk that is slower than the component. */
  readonly waiting: number;
}

const usual: LogLimits = { longest: 64 * 1024 ** 2, waiting: 8 * 1024 ** 2 };

interface LogFile {
  readonly stream: WriteStream;
  /** Characters written. */
  length: number;
  /** Lines that were not kept since the disk fell behind, and the first of them. */
  dropped: { count: number; readonly first: AttemptLogged } | undefined;
}

/**
 * `onError` hears of the first trouble of each kind in a run (a full disk); the run goes on without these logs. A file that has
 * reached its longest says so in its last line; where the disk fell behind, a line says how many are missing.
 */
export function createLogFiles(
  directory: string,
  onError: (error: Error) => void,
  { longest, waiting }: LogLimits = usual,
): LogFiles {
  const open = new Map<string, Map<number, LogFile>>();
  const closing = new Set<Promise<void>>();
  const told = new Set<string>();
  const tell = (runId: string, path: string) => (error: NodeJS.ErrnoException) => {
    const kind = `${runId} ${error.code}`;
    if (!told.has(kind)) onError(diskFailure(error, 'write', join(directory, path)));
    told.add(kind);
  };
  const fileOf = ({ runId, component, attempt }: AttemptLogged): LogFile => {
    const files = open.get(component) ?? new Map<number, LogFile>();
    open.set(component, files);
    const path = logFileOf(runId, component, attempt);
    const file = files.get(attempt) ?? {
      stream: openStream(directory, path, tell(runId, path)),
      length: 0,
      dropped: undefined,
    };
    files.set(attempt, file);
    return file;
  };
  const write = (event: AttemptLogged) => {
    const file = fileOf(event);
    if (file.length >= longest) return;
    if (file.stream.writableLength > waiting) return drop(file, event);
    const line = `${lineOf(event)}\n`;
    file.length += line.length;
    file.stream.write(line);
    const message = 'this log is full: what was logged after this line is not kept';
    if (file.length >= longest) file.stream.write(`${lineOf({ ...event, level: 'warn', message })}\n`);
  };
  const end = (component: string) => {
    const files = open.get(component)?.values() ?? [];
    open.delete(component);
    for (const file of files) {
      sayDropped(file);
      const ended = endStream(file.stream).finally(() => closing.delete(ended));
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

function drop(file: LogFile, event: AttemptLogged): void {
  if (file.dropped) {
    file.dropped.count += 1;
    return;
  }
  file.dropped = { count: 1, first: event };
  // When the disk has caught up, hence where they are missing.
  file.stream.once('drain', () => sayDropped(file));
}

function sayDropped(file: LogFile): void {
  if (!file.dropped) return;
  const { count, first } = file.dropped;
  file.dropped = undefined;
  const message = `the disk fell behind: ${formatCount(count, 'line')} from here on not kept`;
  const { fields: _, ...line } = first;
  file.stream.write(`${lineOf({ ...line, level: 'warn', message })}\n`);
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

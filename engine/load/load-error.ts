import type { Problem } from '../model/problem.ts';

export interface LoadErrorDetails {
  /** Absolute path of the file to look into: the DAG file or one that it imports. */
  readonly file: string;
  /** Counts from 1. */
  readonly line?: number | undefined;
  /** Counts from 1. */
  readonly column?: number | undefined;
  readonly hint?: string | undefined;
  /** All that `defineDag` found, when it was `defineDag` that refused. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/** A DAG file does not load. `message` says what was expected and what was got, `where` in which place. */
export class LoadError extends Error {
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly hint: string | undefined;
  readonly problems: readonly Problem[];

  constructor(message: string, details: LoadErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'LoadError';
    this.file = details.file;
    this.line = details.line;
    this.column = details.column;
    this.hint = details.hint;
    this.problems = details.problems ?? [];
  }

  /** `file:line:column`, as far as it is known. */
  get where(): string {
    return [this.file, this.line, this.column].filter((part) => part !== undefined).join(':');
  }
}

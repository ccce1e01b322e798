/** What was asked cannot be done; nothing has run. `exitCode` is that of the command line. */
export class EngineError extends Error {
  readonly hint?: string;
  readonly exitCode: 2 | 75 | 78;

  constructor(message: string, { hint, exitCode, cause }: { hint?: string; exitCode: 2 | 75 | 78; cause?: unknown }) {
    super(message, { cause });
    this.name = 'EngineError';
    if (hint !== undefined) this.hint = hint;
    this.exitCode = exitCode;
  }
}

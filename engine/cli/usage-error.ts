import { exitCodes } from './exit-codes.ts';

/** What was asked on the command line cannot be done. */
export class UsageError extends Error {
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, hint?: string, exitCode: number = exitCodes.usage) {
    super(message);
    this.name = 'UsageError';
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

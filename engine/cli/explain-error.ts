import { ConfigError } from '../../config/config-error.ts';
import { EmbeddedError } from '../../state/embedded/embedded-error.ts';
import { EngineError } from '../embed/engine-error.ts';
import { LoadError } from '../load/load-error.ts';
import { diskCodeOf, diskHintOf } from '../model/disk-failure.ts';
import { FailureError } from '../model/failure.ts';
import { printable } from '../report/printable.ts';
import { SandboxError } from '../sandbox/sandbox-error.ts';
import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

export interface Explanation {
  readonly text: string;
  readonly exitCode: number;
}

/** What is expected to go wrong is told in one message with what to do next; anything else is a bug, told with its stack. */
export function explainError(error: unknown): Explanation {
  if (error instanceof UsageError || error instanceof ConfigError || error instanceof EngineError) {
    return { text: sentence(error.message, error.hint), exitCode: error.exitCode };
  }
  if (error instanceof LoadError) return { text: loadErrorText(error), exitCode: exitCodes.usage };
  if (error instanceof SandboxError) return { text: sentence(error.message), exitCode: exitCodes.usage };
  if (error instanceof FailureError) {
    return { text: sentence(error.failure.message, error.failure.hint), exitCode: exitCodes.failed };
  }
  // Its message ends with the hint.
  if (error instanceof EmbeddedError) return { text: sentence(error.message), exitCode: exitCodes.failed };
  const code = diskCodeOf(error);
  if (code !== undefined)
    return { text: sentence((error as Error).message, diskHintOf(code)), exitCode: exitCodes.failed };
  return { text: `signalbox: ${internalError(error)}\n`, exitCode: exitCodes.failed };
}

/** The place stands first and by itself, so that editors and terminals find it. */
export function loadErrorText(error: LoadError): string {
  const hint = error.hint === undefined ? '' : `  ${printable(error.hint)}\n`;
  return `${error.where}\n  ${printable(error.message).replaceAll('\n', '\n  ')}\n${hint}`;
}

function sentence(message: string, hint?: string): string {
  return `signalbox: ${printable(message)}\n${hint === undefined ? '' : `  ${printable(hint).replaceAll('\n', '\n  ')}\n`}`;
}

function internalError(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return /^(\w+: )?Internal error/.test(text) ? text : `Internal error: ${text}`;
}

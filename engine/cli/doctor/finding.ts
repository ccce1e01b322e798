import { explainError } from '../explain-error.ts';

/** What one look of the doctor came to. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly subject: string;
  readonly message: string;
  /** What to do; always there unless all is well. */
  readonly hint?: string;
}

export function fine(subject: string, message: string): Finding {
  return { level: 'ok', subject, message };
}

/** An error as a finding: its first line is what was found, the rest what to do. */
export function failing(subject: string, error: unknown, otherwise: string): Finding {
  const [first = '', ...rest] = explainError(error).text.trimEnd().split('\n');
  const hint = rest.map((line) => line.trim()).join(' ');
  return { level: 'fail', subject, message: first.replace(/^signalbox: /, ''), hint: hint === '' ? otherwise : hint };
}

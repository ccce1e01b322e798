import { unreachable } from './unreachable.ts';

/** One thing wrong with what somebody wrote, as data: every problem is found before any of them is shown. */
export interface Problem {
  /** What it is about, in the author's words: `components.gtfs-schedule.timeout`. Empty: the whole definition. */
  readonly path: string;
  /** Completes "expected … to be": `a duration such as 30s`. */
  readonly expected: string;
  /** The value as people read it, cut short where it is long. */
  readonly got: string;
  /** `file:line` of the definition, where it is known. */
  readonly where?: string;
  readonly hint?: string;
}

/** The one grammar for misuse: ``expected `timeout` to be a duration such as 30s, got `30` ``. */
export function formatProblem(problem: Problem): string {
  const subject = problem.path === '' ? 'the definition' : `\`${problem.path}\``;
  const sentence = `expected ${subject} to be ${problem.expected}, got ${problem.got}`;
  const hint = problem.hint === undefined ? '' : `; ${problem.hint}`;
  const where = problem.where === undefined ? '' : ` (${problem.where})`;
  return `${sentence}${hint}${where}`;
}

const longest = 80;

/** Shows a value in a message: strings in backticks, other values with their type, nothing longer than a line. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value === '' ? 'an empty string' : `\`${shorten(value)}\``;
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return `\`${shorten(String(value))}\` (${typeof value})`;
    case 'function':
      return 'a function';
    case 'object':
      return showObject(value);
    default:
      return unreachable(value as never);
  }
}

function showObject(value: object | null): string {
  if (value === null) return '`null`';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return 'an object';
}

function shorten(text: string): string {
  // A control character in a message could rewrite the terminal.
  const printable = text.replace(/\p{Cc}/gu, '\uFFFD');
  return printable.length > longest ? `${printable.slice(0, longest - 1)}…` : printable;
}

import { z } from 'zod';
import { type Problem, showValue } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';

/**
 * A schema for one value whose only message is what was expected of it: it completes "expected … to be", so that every
 * problem reads the same. A second line, if there is one, is the hint.
 */
export function expected<T>(
  phrase: string | ((value: unknown) => string),
  test: (value: unknown) => boolean,
): z.ZodCustom<T, T> {
  return z.custom<T>(test, { error: (issue) => (typeof phrase === 'string' ? phrase : phrase(issue.input)) });
}

/** A strict object. About an unknown key its message is the list of the known ones, which the key is compared with. */
export function strictOptions<Shape extends z.ZodRawShape>(
  phrase: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known.join(', ') : phrase),
  });
}

export interface Place {
  /** Path of the parsed value: `components.gtfs-schedule`. */
  readonly path: string;
  readonly where?: string;
}

/** Turns what zod found in `value` into problems. */
export function toProblems(issues: readonly z.core.$ZodIssue[], value: unknown, place: Place): Problem[] {
  return issues.flatMap((issue) => problemsOf(issue, valueAt(value, issue.path), place));
}

function problemsOf(issue: z.core.$ZodIssue, found: unknown, place: Place): Problem[] {
  const at = { ...place, path: joinPath(place.path, issue.path) };
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, found, issue.message.split(', '), at));
    case 'invalid_key':
      return issue.issues.map((inner) => ({ ...at, expected: inner.message, got: showValue(issue.path.at(-1)) }));
    case 'invalid_union': {
      // By convention an object comes first in our unions, its short form second.
      const [asObject = [], asShortForm = []] = issue.errors;
      return toProblems(typeof found === 'object' && found !== null ? asObject : asShortForm, found, at);
    }
    default: {
      const [phrase = '', hint] = issue.message.split('\n');
      return [{ ...at, expected: phrase, got: gotOf(issue, found), ...(hint !== undefined && { hint }) }];
    }
  }
}

function unknownKey(key: string, owner: unknown, known: readonly string[], at: Place): Problem {
  const meant = didYouMean(key, known);
  return {
    ...at,
    path: joinPath(at.path, [key]),
    expected: 'a known option',
    got: showValue(valueAt(owner, [key])),
    hint: meant ?? `known are ${known.join(', ')}`,
  };
}

/** Issues may bring their own words for the value, where showing it would tell a secret or nothing. */
function gotOf(issue: z.core.$ZodIssue, value: unknown): string {
  const own: unknown = issue.code === 'custom' ? issue.params?.got : undefined;
  return typeof own === 'string' ? own : showValue(value);
}

function joinPath(base: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((joined, step) => {
    if (typeof step === 'number') return `${joined}[${step}]`;
    return joined === '' ? String(step) : `${joined}.${String(step)}`;
  }, base);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, step) =>
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

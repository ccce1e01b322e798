import { type ZodType, z } from 'zod';
import { type Command, type Isolation, type TriggerRule, triggerRules } from '../model/component.ts';
import { parseCronSyntax } from '../model/cron.ts';
import { type DurationMs, parseDuration } from '../model/duration.ts';
import { showValue } from '../model/problem.ts';
import { didYouMean } from '../model/suggest.ts';
import { isTimeZone, timeZones } from '../model/time-zone.ts';
import { expected, strictOptions } from './expected.ts';

/** Ids are part of file names, table names and URLs: 63 bytes is PostgreSQL's limit for identifiers. */
export const id = expected<string>(
  'an id of lower-case letters, digits and hyphens that starts with a letter and has at most 63 bytes',
  (value) => typeof value === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(value),
);

/** Groups are named on command lines and nowhere else. */
export const groupName = expected<string>(
  'a name of lower-case letters, digits, hyphens and underscores that starts with a letter',
  (value) => typeof value === 'string' && /^[a-z][a-z0-9_-]{0,62}$/.test(value),
);

export const text = expected<string>('a text', (value) => typeof value === 'string');

export const nonEmptyText = expected<string>(
  'a text that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

export const flag = expected<boolean>('true or false', (value) => typeof value === 'boolean');

export const duration = expected<string>(
  'a duration such as 30s',
  (value) => typeof value === 'string' && parseDuration(value) !== undefined,
).transform((value): DurationMs => parseDuration(value) as DurationMs);

export function wholeNumber(low: number, high: number) {
  return expected<number>(
    `a whole number from ${low} to ${high}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high,
  );
}

export function oneOf<Word extends string>(words: readonly Word[]) {
  return expected<Word>(
    (value) => withSuggestion(`one of ${words.join(', ')}`, value, words),
    (value) => words.includes(value as Word),
  );
}

export const rule = oneOf<TriggerRule>(triggerRules);
export const isolation = oneOf<Isolation>(['process', 'inline']);

export const cron = expected<string>(
  (value) => (typeof value === 'string' && cronExpectation(value)) || 'a cron expression such as `0 * * * *` or @daily',
  (value) => typeof value === 'string' && parseCronSyntax(value).ok,
).transform((value) => value.trim());

function cronExpectation(value: string): string | undefined {
  const parsed = parseCronSyntax(value);
  return parsed.ok ? undefined : parsed.expected;
}

export const timezone = expected<string>(
  (value) =>
    withSuggestion('a time zone of the IANA database such as Australia/Melbourne', value, timeZones().values()),
  (value) => typeof value === 'string' && isTimeZone(value),
);

export const secret = expected<string>(
  'the name of a secret: upper-case letters, digits and underscores, such as PTV_KEY',
  (value) => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value),
);

export const dependencyName = expected<string>(
  'a name such as `schedule`: letters, digits, _ and -, starting with a letter',
  (value) => typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]*$/.test(value),
);

/** An argument with NUL would be cut there by the operating system. */
export const command = expected<Command>(
  'a list of the program and its arguments, texts without NUL, such as ["python3", "load.py"]',
  (value) =>
    Array.isArray(value) &&
    typeof value[0] === 'string' &&
    value[0] !== '' &&
    value.every((part) => typeof part === 'string' && !part.includes('\0')),
).transform((value): Command => [...value]);

/** The author's zod may be another copy of zod than ours, so a schema is known by its shape. */
export const schema = expected<ZodType>(
  'a zod schema',
  (value) => typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value,
);

export function callable<T>(phrase: string) {
  return expected<T>(phrase, (value) => typeof value === 'function');
}

const retryOptions = strictOptions('a whole number or { max, delay, maxDelay }', {
  max: wholeNumber(0, 100),
  delay: duration.optional(),
  maxDelay: duration.optional(),
});

const wholeRetries = wholeNumber(0, 100).transform((max) => ({ max, delay: undefined, maxDelay: undefined }));

/** `3` or `{ max: 3, delay: '10s', maxDelay: '2m' }`; what is left out, the environment decides. */
export const retries = z
  .union([retryOptions, wholeRetries])
  .refine(({ delay, maxDelay }) => delay === undefined || maxDelay === undefined || delay <= maxDelay, {
    path: ['maxDelay'],
    error: 'at least as long as `delay`',
  })
  .transform(({ max, delay, maxDelay }) => ({
    max,
    ...(delay === undefined ? {} : { delayMs: delay }),
    ...(maxDelay === undefined ? {} : { maxDelayMs: maxDelay }),
  }));

const baseUrlPhrase =
  'an http(s) address without credentials, query or trailing slash, such as https://example.org/api';

/** The message never repeats an address with a password in it. */
export const baseUrl = z
  .unknown()
  .superRefine((value, context) => {
    if (isBaseUrl(value)) return;
    const hidden = typeof value === 'string' && value.includes('@') ? 'an address with credentials' : showValue(value);
    context.addIssue({ code: 'custom', message: baseUrlPhrase, params: { got: hidden } });
  })
  .transform(String);

function isBaseUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.endsWith('/') || !URL.canParse(value)) return false;
  const url = new URL(value);
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  return isWeb && url.username === '' && url.password === '' && !/[?#\s]/.test(value);
}

function withSuggestion(phrase: string, value: unknown, candidates: Iterable<string>): string {
  const meant = typeof value === 'string' ? didYouMean(value, candidates) : undefined;
  return meant === undefined ? phrase : `${phrase}\n${meant}`;
}

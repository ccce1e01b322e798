import type { HttpRequest } from '../../model/http.ts';
import { type Problem, showValue } from '../../model/problem.ts';
import type { HttpPages } from '../../model/source.ts';
import { didYouMean } from '../../model/suggest.ts';

type Written = Readonly<Record<string, unknown>>;

const requestKeys: readonly (keyof HttpRequest)[] = [
  'url',
  'method',
  'headers',
  'body',
  'validators',
  'maxBytes',
  'timeoutMs',
  'idleTimeoutMs',
  'cost',
  'priority',
  'acceptStatus',
  'cost',
  'priority',
];
const pagesKeys: readonly (keyof HttpPages)[] = ['request', 'next', 'digest'];

/** Keys that are no options, each with the one that was most likely meant. */
export function unknownKeys(written: object, known: readonly string[], path: string): readonly Problem[] {
  return Object.keys(written)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const hint = didYouMean(key, known);
      const problem = { path: `${path}.${key}`, expected: 'a known option', got: `\`${key}\`` };
      return hint === undefined ? problem : { ...problem, hint };
    });
}

export function requestProblems(request: unknown, path: string): readonly Problem[] {
  if (!isObject(request)) return [{ path, expected: '{ url, headers, … }', got: showValue(request) }];
  return [...unknownKeys(request, requestKeys, path), ...addressProblems(request.url, `${path}.url`)];
}

/** Of `request`, `next` and `digest` that stand in an object of their own. */
export function pagesProblems(written: unknown, path: string): readonly Problem[] {
  if (!isObject(written)) return [{ path, expected: '{ request, next, digest }', got: showValue(written) }];
  return [
    ...unknownKeys(written, pagesKeys, path),
    ...requestProblems(written.request, `${path}.request`),
    ...pageFunctionProblems(written, path),
  ];
}

export function pageFunctionProblems(written: Written, path: string): readonly Problem[] {
  return (['next', 'digest'] as const).flatMap((key) =>
    written[key] === undefined ? [] : functionProblems(written[key], `${path}.${key}`),
  );
}

export function functionProblems(value: unknown, path: string): readonly Problem[] {
  return typeof value === 'function' ? [] : [{ path, expected: 'a function', got: showValue(value) }];
}

export function textProblems(value: unknown, path: string, expected: string): readonly Problem[] {
  return isText(value) ? [] : [{ path, expected, got: showValue(value) }];
}

/** An address may carry a key in its query: it is never repeated. */
export function addressProblems(url: unknown, path: string): readonly Problem[] {
  if (isText(url) && URL.canParse(url)) return [];
  return [{ path, expected: 'an absolute address', got: isText(url) ? 'text that is none' : showValue(url) }];
}

export function isObject(value: unknown): value is Written {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

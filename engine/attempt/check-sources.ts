import { FailureError } from '../model/failure.ts';
import { formatProblem, type Problem, showValue } from '../model/problem.ts';
import type { HttpSource, Source } from '../model/source.ts';
import { didYouMean } from '../model/suggest.ts';

const sourceKeys: readonly (keyof HttpSource)[] = ['kind', 'id', 'request', 'next', 'digest'];
const requestKeys: readonly (keyof HttpSource['request'])[] = [
  'url',
  'method',
  'headers',
  'body',
  'validators',
  'maxBytes',
  'timeoutMs',
  'idleTimeoutMs',
  'acceptStatus',
];

/**
 * Sources are made by the author's code, in the child, and types do not hold there: a misspelt key would ask nothing and
 * call that a change. Throws one `error` failure with all that is wrong, before any call.
 */
export function checkSources(sources: readonly Source[]): void {
  const problems = Array.isArray(sources)
    ? [...sources.flatMap(problemsOf), ...repeatedIds(sources)]
    : [{ path: 'sources', expected: 'a function that returns a list of sources', got: showValue(sources) }];
  if (problems.length === 0) return;
  const message = problems.map(formatProblem).join('; ');
  throw new FailureError({ class: 'error', message, retryable: false });
}

function problemsOf(source: unknown, index: number): Problem[] {
  const path = `sources[${index}]`;
  if (!isObject(source)) return [{ path, expected: "{ kind: 'http', id, request }", got: showValue(source) }];
  const { kind, id, request } = source;
  return [
    ...unknownKeys(source, sourceKeys, path),
    ...(kind === 'http' ? [] : [{ path: `${path}.kind`, expected: "'http'", got: showValue(kind) }]),
    ...(isText(id) ? [] : [{ path: `${path}.id`, expected: 'a logical id', got: showValue(id) }]),
    ...requestProblems(request, `${path}.request`),
  ];
}

function requestProblems(request: unknown, path: string): Problem[] {
  if (!isObject(request)) return [{ path, expected: '{ url, headers, … }', got: showValue(request) }];
  const url = isText(request.url) && URL.canParse(request.url);
  return [
    ...unknownKeys(request, requestKeys, path),
    ...(url ? [] : [{ path: `${path}.url`, expected: 'an absolute address', got: describeUrl(request.url) }]),
  ];
}

/** An address may carry a key in its query: it is never repeated. */
function describeUrl(url: unknown): string {
  return isText(url) ? 'text that is none' : showValue(url);
}

function unknownKeys(value: object, known: readonly string[], path: string): Problem[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const hint = didYouMean(key, known);
      const problem = { path: `${path}.${key}`, expected: 'a known option', got: `\`${key}\`` };
      return hint === undefined ? problem : { ...problem, hint };
    });
}

function repeatedIds(sources: readonly Source[]): Problem[] {
  const ids = sources.map((source) => source?.id);
  const twice = ids.find((id, index) => id !== undefined && ids.indexOf(id) !== index);
  return twice === undefined ? [] : [{ path: 'sources', expected: 'ids that differ', got: `\`${twice}\` twice` }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

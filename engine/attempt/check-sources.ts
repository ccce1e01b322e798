import { FailureError } from '../model/failure.ts';
import { formatProblem, type Problem, showValue } from '../model/problem.ts';
import type { Source } from '../model/source.ts';
import { didYouMean } from '../model/suggest.ts';
import { probers } from './sources/probers.ts';
import { isObject, textProblems, unknownKeys } from './sources/problems.ts';

const kinds = Object.keys(probers);

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

function problemsOf(source: unknown, index: number): readonly Problem[] {
  const path = `sources[${index}]`;
  if (!isObject(source)) return [{ path, expected: "a source such as { kind: 'http', … }", got: showValue(source) }];
  const { kind, id, auditEvery } = source;
  const common = [
    ...textProblems(id, `${path}.id`, 'a logical id'),
    ...(auditEvery === undefined ? [] : auditProblems(auditEvery, `${path}.auditEvery`)),
  ];
  const prober = typeof kind === 'string' && Object.hasOwn(probers, kind) ? probers[kind as Source['kind']] : undefined;
  if (!prober) return [unknownKind(kind, `${path}.kind`), ...common];
  return [...unknownKeys(source, prober.options, path), ...common, ...prober.problemsOf(source, path)];
}

function unknownKind(kind: unknown, path: string): Problem {
  const hint = typeof kind === 'string' ? didYouMean(kind, kinds) : undefined;
  const problem = { path, expected: `one of ${kinds.join(', ')}`, got: showValue(kind) };
  return hint === undefined ? problem : { ...problem, hint };
}

function auditProblems(value: unknown, path: string): readonly Problem[] {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return [];
  return [{ path, expected: 'a whole number, 0 for never', got: showValue(value) }];
}

function repeatedIds(sources: readonly Source[]): readonly Problem[] {
  const seen = new Set<unknown>();
  for (const source of sources) {
    if (source?.id !== undefined && seen.has(source.id)) {
      return [{ path: 'sources', expected: 'ids that differ', got: `\`${source.id}\` twice` }];
    }
    seen.add(source?.id);
  }
  return [];
}

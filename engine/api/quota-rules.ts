import { type Problem, showValue } from '../model/problem.ts';
import type { Quota } from '../model/quota.ts';
import { didYouMean } from '../model/suggest.ts';
import { asRecord, type Entry, placeOf } from './entry.ts';
import { type Place, toProblems } from './expected.ts';
import { type CapturedQuota, writtenQuota } from './quota.ts';
import { quotaSchema } from './quota-schema.ts';

const read = new WeakMap<CapturedQuota, Quota>();

/** The quota that was written, or undefined where something is wrong with it: `quotaProblems` says what. */
export function toQuota(captured: CapturedQuota): Quota | undefined {
  const known = read.get(captured) ?? readQuota(captured);
  if (known) read.set(captured, known);
  return known;
}

function readQuota(captured: CapturedQuota): Quota | undefined {
  const parsed = quotaSchema.safeParse(captured);
  if (!parsed.success) return undefined;
  const { credential, ...options } = parsed.data.options;
  return { name: parsed.data.name, ...options, ...(credential === undefined ? {} : { credential }) };
}

/** Rules about the quotas of a DAG: each by itself, each name with one set of numbers, each count with one credential. */
export function quotaProblems(entries: readonly Entry[]): Problem[] {
  const users = new Map<CapturedQuota, Entry[]>();
  for (const entry of entries) {
    const captured = writtenQuota(entry.written.quota)?.captured;
    const others = captured && users.get(captured);
    if (others) others.push(entry);
    else if (captured) users.set(captured, [entry]);
  }
  const quotas = [...users.keys()];
  return [
    ...quotas.flatMap(ownProblems),
    ...differingNumbers(quotas),
    ...[...users].flatMap(([captured, using]) => [
      ...using.flatMap((entry) => undeclaredCredential(entry, captured)),
      ...differingSecrets(captured, using),
    ]),
  ];
}

function ownProblems(captured: CapturedQuota): Problem[] {
  const parsed = quotaSchema.safeParse(captured);
  const place = quotaPlace(captured);
  if (!parsed.success) {
    return toProblems(parsed.error.issues, captured, { ...place, path: '' }).map((problem) => ({
      ...problem,
      path: [place.path, ...problem.path.split('.').slice(1)].join('.'),
    }));
  }
  const { limit, reserve } = parsed.data.options;
  if (reserve < limit) return [];
  const expected = `less than its \`limit\` of ${limit}`;
  const hint = 'the reserve is a part of the limit: no other call could ever be made';
  return [{ ...place, path: `${place.path}.reserve`, expected, got: showValue(reserve), hint }];
}

/** Two counts under one name would be one row for two limits. */
function differingNumbers(quotas: readonly CapturedQuota[]): Problem[] {
  const first = new Map<string, CapturedQuota>();
  return quotas.flatMap((captured) => {
    const parsed = toQuota(captured);
    const earlier = parsed && first.get(parsed.name);
    if (!parsed || !earlier) {
      if (parsed) first.set(parsed.name, captured);
      return [];
    }
    if (JSON.stringify(toQuota(earlier)) === JSON.stringify(parsed)) return [];
    const where = earlier.definedAt();
    const hint = where === undefined ? 'make it once and use it in both places' : `the first one is at ${where}`;
    return [
      { ...quotaPlace(captured), expected: 'the same as the other quota of this name', got: 'other numbers', hint },
    ];
  });
}

function undeclaredCredential(entry: Entry, captured: CapturedQuota): Problem[] {
  const declared = secretsOf(entry);
  return (toQuota(captured)?.credential ?? [])
    .filter((secret) => !declared.includes(secret))
    .map((secret) => {
      const expected = `a list with ${secret}, which is the credential of quota \`${String(captured.name)}\``;
      const meant = didYouMean(secret, declared);
      return {
        ...placeOf(entry, 'secrets'),
        expected,
        got: shownSecrets(entry),
        ...(meant !== undefined && { hint: meant }),
      };
    });
}

/** The count is of a credential: with other secrets a component would count anew, and the limit would hold for neither. */
function differingSecrets(captured: CapturedQuota, [first, ...others]: readonly Entry[]): Problem[] {
  if (!first || asRecord(captured.options).credential !== undefined) return [];
  const wanted = shownSecrets(first);
  return others
    .filter((entry) => shownSecrets(entry) !== wanted)
    .map((entry) => {
      const expected = `the secrets of \`${String(first.id)}\` (${wanted}), which shares quota \`${String(captured.name)}\``;
      const hint = "or name those that are the account: quota(…, { credential: ['ACCOUNT_KEY'] })";
      return { ...placeOf(entry, 'secrets'), expected, got: shownSecrets(entry), hint };
    });
}

function shownSecrets(entry: Entry): string {
  return secretsOf(entry).toSorted().join(', ') || 'none';
}

function secretsOf({ written }: Entry): readonly string[] {
  return Array.isArray(written.secrets) ? written.secrets.map(String) : [];
}

function quotaPlace({ name, definedAt }: CapturedQuota): Place {
  const where = definedAt();
  const path = typeof name === 'string' && name !== '' ? `quotas.${name}` : 'quotas';
  return { path, ...(where !== undefined && { where }) };
}

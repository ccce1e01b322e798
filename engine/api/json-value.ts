/** Where a value stops being JSON that `jsonb` can keep: its path below the root and what stands there. */
export interface NotJson {
  readonly path: readonly PropertyKey[];
  readonly value: unknown;
}

const deepest = 64;

/** Undefined when all of `value` is JSON. PostgreSQL refuses `\u0000` and lone surrogates in `jsonb`, so they are not. */
export function findNotJson(value: unknown, path: readonly PropertyKey[] = []): NotJson | undefined {
  if (path.length > deepest) return { path, value };
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { path, value };
  if (typeof value === 'string') return isStorable(value) ? undefined : { path, value };
  if (typeof value !== 'object' || !isPlain(value)) return { path, value };
  for (const [key, item] of Object.entries(value)) {
    const found = isStorable(key) ? findNotJson(item, [...path, key]) : { path: [...path, key], value: key };
    if (found) return found;
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

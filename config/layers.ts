/** One layer of settings and where it comes from, for `config show`. */
export interface Layer {
  readonly from: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A setting as it counts, and the layer that gave it. */
export interface ResolvedValue {
  readonly path: string;
  readonly value: unknown;
  readonly from: string;
}

export interface MergedLayers {
  readonly values: Readonly<Record<string, unknown>>;
  readonly origins: readonly ResolvedValue[];
}

/** Later layers win, leaf by leaf; a list is a leaf. */
export function mergeLayers(layers: readonly Layer[]): MergedLayers {
  const leaves = new Map<string, Leaf & { readonly from: string }>();
  for (const { from, values } of layers) {
    for (const { keys, value } of leavesOf(values)) leaves.set(JSON.stringify(keys), { keys, value, from });
  }
  const values: Record<string, unknown> = {};
  for (const { keys, value } of leaves.values()) place(values, keys, value);
  return {
    values,
    origins: [...leaves.values()].map(({ keys, value, from }) => ({ path: keys.join('.'), value, from })),
  };
}

/** A name may hold a dot: a param is the author's to name. */
interface Leaf {
  readonly keys: readonly string[];
  readonly value: unknown;
}

function* leavesOf(values: Readonly<Record<string, unknown>>, above: readonly string[] = []): Generator<Leaf> {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const keys = [...above, key];
    const isBranch = isObject(value) && Object.keys(value).length > 0;
    if (isBranch) yield* leavesOf(value, keys);
    else yield { keys, value };
  }
}

function place(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    // An empty branch is made anew: what later layers put in it must not reach the layer that it came from.
    if (!isObject(value)) target[key] = value;
    else if (!isObject(target[key])) target[key] = {};
    return;
  }
  const branch = isObject(target[key]) ? target[key] : {};
  target[key] = branch;
  place(branch, rest, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
  const leaves = new Map<string, ResolvedValue>();
  for (const { from, values } of layers) {
    for (const [path, value] of leavesOf(values)) leaves.set(path, { path, value, from });
  }
  const values: Record<string, unknown> = {};
  for (const { path, value } of leaves.values()) place(values, path.split('.'), value);
  return { values, origins: [...leaves.values()] };
}

function* leavesOf(values: Readonly<Record<string, unknown>>, prefix = ''): Generator<[string, unknown]> {
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const path = `${prefix}${key}`;
    const isBranch = isObject(value) && Object.keys(value).length > 0;
    if (isBranch) yield* leavesOf(value, `${path}.`);
    else yield [path, value];
  }
}

function place(target: Record<string, unknown>, [key, ...rest]: readonly string[], value: unknown): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    if (!(isObject(target[key]) && isObject(value))) target[key] = value;
    return;
  }
  const branch = isObject(target[key]) ? target[key] : {};
  target[key] = branch;
  place(branch, rest, value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

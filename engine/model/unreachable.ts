/** For the default of an exhaustive switch: a value that the types rule out is a bug of ours. */
export function unreachable(value: never): never {
  throw new Error(`Internal error: unexpected value ${JSON.stringify(value)}`);
}

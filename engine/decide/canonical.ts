import { hash } from 'node:crypto';
import type { Json, JsonObject } from '../model/json.ts';

/** JSON with sorted keys: equal values give equal text, whatever order they were built in. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  let text = '';
  for (const key of sortedKeys(value)) {
    const item = (value as JsonObject)[key];
    if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalJson(item)}`;
  }
  return `{${text}}`;
}

/** Most are in order as they come, and asking that is cheaper than sorting. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] as string) < key);
  return isSorted ? keys : keys.toSorted();
}

/** sha256 (hex) of the canonical JSON. */
export function digestOf(value: Json): string {
  return hash('sha256', canonicalJson(value), 'hex');
}

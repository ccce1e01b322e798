/** The value that a JSON pointer (RFC 6901) names; undefined when there is none. */
export function atPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(step, document);
}

function step(value: unknown, token: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
  if (Array.isArray(value) && !/^\d+$/.test(token)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[token];
}

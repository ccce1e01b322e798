import type { Component, Dag } from '../model/component.ts';

export type SecretReader = (name: string) => string | undefined;

/** Reads each secret once: a file that holds one may be taken away or replaced while the run goes on. */
export function readOnce(read: SecretReader): SecretReader {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name)) known.set(name, read(name));
    return known.get(name);
  };
}

/** In the sandbox its own keys count, so that a component never sees the real ones there. */
export function sandboxSecrets(dag: Dag): SecretReader {
  const keys = new Map(dag.components.flatMap(({ sandbox }) => Object.entries(sandbox?.secrets ?? {})));
  return (name) => keys.get(name);
}

export interface MissingSecret {
  readonly component: string;
  readonly secret: string;
}

/** Every declared secret that has no value, asked before any call is made. */
export function missingSecrets(components: readonly Component[], read: SecretReader): readonly MissingSecret[] {
  return components.flatMap(({ id, secrets }) =>
    secrets.filter((secret) => read(secret) === undefined).map((secret) => ({ component: id, secret })),
  );
}

/** The values that one component declared, and no others. */
export function secretsOf({ secrets }: Component, read: SecretReader): Readonly<Record<string, string>> {
  return Object.fromEntries(secrets.map((name) => [name, read(name) ?? '']));
}

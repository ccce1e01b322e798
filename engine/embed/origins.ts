import type { Component } from '../model/component.ts';
import type { Failure } from '../model/failure.ts';
import type { Origin } from '../run/ports.ts';
import type { Sandbox } from '../sandbox/launch.ts';

/** Where calls go outside of the sandbox: public addresses, and the private hosts that the operator trusts. */
export function liveOrigins(allowHosts: readonly string[]): (component: Component) => Origin {
  return ({ baseUrl }) => ({ baseUrl: baseUrl ?? '', network: { kind: 'public', allowHosts } });
}

/** In the sandbox every call goes to the one local origin; a component that has no part there is refused before any. */
export function sandboxOrigins(sandbox: Sandbox | undefined): (component: Component) => Origin | Failure {
  const { host, port } = sandbox ?? { host: '127.0.0.1', port: 0 };
  const network = { kind: 'only', host, port } as const;
  return (component) => {
    if (component.sandbox && sandbox) return { baseUrl: sandbox.baseUrlOf(component.sandbox.name), network };
    // What it reads may be files. Where it calls an address after all, the guard says what is missing.
    if (component.baseUrl === undefined) return { baseUrl: '', network };
    const message = `no sandbox data for ${component.id}; add \`sandbox\`, or choose --env dev`;
    return { class: 'source', message, retryable: false };
  };
}

import type { SandboxResponse } from 'signalbox';

/** Answers at the live path and at any other that ends in `.zip`; addresses of other feeds need not be listed. */
export async function zipOrNotFound(path: string, answer: () => Promise<SandboxResponse>): Promise<SandboxResponse> {
  if (path.endsWith('.zip')) return answer();
  const body = `expected a path that ends in .zip, got ${path}\n`;
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

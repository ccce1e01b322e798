import type { SandboxResponse } from 'signalbox';

/** A source's bad moment, for tests: the first requests below a path are refused. */
export interface Fault {
  /** Beginning of the path, mount included: `/datavic/api/3/action`. */
  readonly path: string;
  /** How many requests it hits before the source is well again. */
  readonly times: number;
  readonly status: number;
  /** Lower-case names, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Gives the answer of the first fault that still has requests to refuse, or undefined. */
export function faultAnswers(faults: readonly Fault[]): (path: string) => SandboxResponse | undefined {
  const left = faults.map((fault) => ({ fault, times: fault.times }));
  return (path) => {
    const struck = left.find((one) => one.times > 0 && path.startsWith(one.fault.path));
    if (!struck) return undefined;
    struck.times -= 1;
    const { status, headers = {}, body = `sandbox fault: ${status}\n` } = struck.fault;
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
  };
}

import { fileURLToPath } from 'node:url';

/**
 * Remembers where `calledFunction` was called and tells it as `file:line` when asked. The stack is formatted only then: it
 * costs most of the time, source maps included.
 */
export function callSite(calledFunction: CallableFunction): () => string | undefined {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, calledFunction);
  return () => (typeof holder.stack === 'string' ? authorsLine(holder.stack) : undefined);
}

/**
 * The first frame outside `components/`, else the first one: options that a component's factory passes on were written by
 * whoever called the factory.
 */
function authorsLine(stack: string): string | undefined {
  const places = stack
    .split('\n')
    .map(place)
    .filter((found) => found !== undefined);
  return places.find((found) => !/[\\/]components[\\/]/.test(found)) ?? places[0];
}

function place(frame: string): string | undefined {
  const match = /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Za-z]:[\\/]).*?):(\d+):\d+\)?$/.exec(frame);
  if (!match || /[\\/]node_modules[\\/]/.test(frame)) return undefined;
  const file = match[1] as string;
  return `${file.startsWith('file://') ? fileURLToPath(file) : file}:${match[2]}`;
}

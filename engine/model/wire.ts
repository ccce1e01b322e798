import type { Duplex } from 'node:stream';

/** Messages between a parent and its child, as JSON, one to a line. */
export interface Wire {
  /** Says nothing to an end that is gone; `onSent` is called all the same. */
  send(message: unknown, onSent?: () => void): void;
  close(): void;
}

/** Of a child: after its standard streams. */
export const wireDescriptor = 3;

/** Characters. Whoever sends more without an end to the line would fill the memory of whoever listens. */
const longestMessage = 2 ** 27;

/**
 * Node has a channel of its own for this, but there a line that is no JSON throws where nobody can catch it: a child could
 * end its parent. Here it is passed over. `onClosed` is called once, when nothing more can be heard.
 */
export function openWire(stream: Duplex, onMessage: (message: unknown) => void, onClosed: () => void): Wire {
  let open: string[] = [];
  let length = 0;
  const hear = (end: string) => {
    const message = parsed([...open, end].join(''));
    open = [];
    length = 0;
    if (message !== undefined) onMessage(message);
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
    if (rest === '') return;
    open.push(rest);
    length += rest.length;
    if (length > longestMessage) stream.destroy();
  });
  // A broken pipe says no more than the close that follows it.
  stream.on('error', () => {});
  stream.once('close', onClosed);
  return {
    send: (message, onSent) => {
      if (stream.writable) stream.write(`${JSON.stringify(message)}\n`, onSent);
      else onSent?.();
    },
    close: () => stream.destroy(),
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

import type { Readable } from 'node:stream';

/** A line that never ends is cut here, so that whoever writes it cannot fill the memory of whoever listens. */
const longestLine = 65_536;

/** Hears a stream line by line, the last one also without its end. Returns how to hear a line that is still open. */
export function followLines(stream: Readable, onLine: (line: string) => void): () => void {
  let open = '';
  const hearOpen = () => {
    const line = open;
    open = '';
    if (line !== '') onLine(line);
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (open + text).split(/\r?\n/);
    open = lines.pop() ?? '';
    for (const line of lines) onLine(line);
    if (open.length >= longestLine) hearOpen();
  });
  stream.on('end', hearOpen);
  return hearOpen;
}

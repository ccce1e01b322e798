import type { Socket } from 'node:net';

const tickMs = 5;

/** Writes `start` at once, then `rest` byte by byte, over and over. */
export function slowly(socket: Socket, start: string | Buffer, rest: string | Buffer): void {
  socket.write(start);
  const bytes = Buffer.from(rest);
  let sent = 0;
  every(socket, () => {
    socket.write(bytes.subarray(sent % bytes.length, (sent % bytes.length) + 1));
    sent += 1;
  });
}

/** Writes `text` over and over, as fast as it is taken, or every so many milliseconds. */
export function flood(socket: Socket, text: string | Buffer, everyMs?: number): void {
  const bytes = Buffer.from(text);
  if (everyMs !== undefined) {
    every(socket, () => socket.write(bytes), everyMs);
    return;
  }
  const pour = () => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', pour);
  pour();
}

function every(socket: Socket, work: () => void, ms = tickMs): void {
  const timer = setInterval(work, ms);
  socket.on('close', () => clearInterval(timer));
}

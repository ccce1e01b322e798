import type { Fault } from './fault.ts';
import { headOf, sendAnswer } from './origin.ts';
import { flood, slowly } from './paces.ts';

const silence = 'expected a byte at least every';
const noHttp = 'expected an HTTP answer, got something else';

/** What goes wrong before a body begins. */
export const connectionFaults: readonly Fault[] = [
  {
    sends: 'nothing: the connection is accepted and never answered',
    play: () => undefined,
    ends: { as: 'timeout', says: silence },
    endedBy: 'idle',
  },
  {
    sends: 'nothing: the connection is closed',
    play: ({ socket }) => void socket.end(),
    ends: { as: 'infra', says: 'no answer: UND_ERR_SOCKET' },
  },
  {
    sends: 'nothing: the connection is reset',
    play: ({ socket }) => void socket.resetAndDestroy(),
    ends: { as: 'infra', says: 'no answer: ECONNRESET' },
  },
  {
    sends: 'a TLS certificate of nobody',
    scheme: 'tls',
    play: ({ socket, healthy }) => sendAnswer(socket, healthy),
    ends: { as: 'infra', says: 'no answer: DEPTH_ZERO_SELF_SIGNED_CERT' },
  },
  {
    sends: 'plain HTTP in place of TLS',
    scheme: 'no-tls',
    play: ({ socket, healthy }) => sendAnswer(socket, healthy),
    ends: { as: 'infra', says: 'no answer: ERR_SSL_' },
  },
  {
    sends: 'nothing, where TLS is to begin',
    scheme: 'silent-tls',
    play: () => undefined,
    ends: { as: 'timeout', says: silence },
    endedBy: 'idle',
  },
  {
    sends: 'something that is not HTTP',
    play: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
    ends: { as: 'source', says: noHttp },
  },
  {
    sends: 'a status of its own making (`HTTP/1.1 20X`)',
    play: ({ socket }) => void socket.end('HTTP/1.1 20X Fine\r\n\r\n'),
    ends: { as: 'source', says: noHttp },
  },
  {
    sends: 'an answer of HTTP/1.0',
    play: ({ socket, healthy: { contentType, body } }) => {
      socket.write(headOf('200 OK', { 'Content-Type': contentType }, '1.0'));
      socket.end(body);
    },
    ends: { as: 'success' },
  },
  {
    sends: '101, to another protocol',
    play: ({ socket }) =>
      void socket.write(headOf('101 Switching Protocols', { Upgrade: 'irc', Connection: 'upgrade' })),
    ends: { as: 'source', says: noHttp },
  },
  {
    sends: 'early hints (103) without end',
    play: ({ socket }) => flood(socket, headOf('103 Early Hints', { Link: '</a>' }).repeat(8), 20),
    ends: { as: 'timeout', says: silence },
    endedBy: 'idle',
  },
  {
    sends: 'headers byte by byte',
    play: ({ socket }) => slowly(socket, 'HTTP/1.1 200 OK\r\n', 'X-Filler: a\r\n'),
    ends: { as: 'timeout', says: silence },
    endedBy: 'idle',
  },
  {
    sends: 'headers without end',
    play: ({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, `X-Filler: ${'a'.repeat(1_000)}\r\n`);
    },
    ends: { as: 'source', says: `${noHttp} (UND_ERR_HEADERS_OVERFLOW)` },
  },
  {
    sends: '40 headers of 1 KB',
    play: ({ socket, healthy }) =>
      sendAnswer(socket, healthy, `200 OK\r\n${`X-Filler: ${'y'.repeat(1_000)}\r\n`.repeat(40)}X: y`),
    ends: { as: 'source', says: `${noHttp} (UND_ERR_HEADERS_OVERFLOW)` },
  },
  {
    sends: 'one header of 64 KiB',
    play: ({ socket, healthy }) => sendAnswer(socket, healthy, '200 OK', { ETag: `"${'e'.repeat(2 ** 16)}"` }),
    ends: { as: 'source', says: `${noHttp} (UND_ERR_HEADERS_OVERFLOW)` },
  },
  {
    sends: 'two lengths that differ',
    play: ({ socket, healthy }) => sendAnswer(socket, healthy, `200 OK\r\nContent-Length: ${healthy.body.length + 9}`),
    ends: { as: 'source', says: noHttp },
  },
];

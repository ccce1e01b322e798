import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Fault } from './fault.ts';
import { type HealthyAnswer, headOf, type Play, sendAnswer } from './origin.ts';
import { flood, slowly } from './paces.ts';

const cutOff = 'the body was cut off';
const unpacks = 'expected a body that unpacks as its Content-Encoding says';

/** The head of a healthy answer, and half of its body. */
function half({ contentType, body }: HealthyAnswer, headers: Readonly<Record<string, string>>, version?: string) {
  const head = headOf('200 OK', { 'Content-Type': contentType, ...headers }, version);
  return Buffer.concat([Buffer.from(head, 'latin1'), body.subarray(0, Math.ceil(body.length / 2))]);
}

const lengthOf = ({ body }: HealthyAnswer) => ({ 'Content-Length': String(body.length) });

const packed =
  (pack: (body: Buffer) => Buffer, encoding = 'gzip'): Play =>
  ({ socket, healthy: { contentType, body } }) =>
    sendAnswer(socket, { contentType, body: pack(body) }, '200 OK', { 'Content-Encoding': encoding });

/** A gzip member of 10 MiB of zeros in 10 KiB. */
const member = gzipSync(Buffer.alloc(10 * 2 ** 20));

/** What goes wrong on the way of a body. */
export const bodyFaults: readonly Fault[] = [
  {
    sends: 'half of a body, then nothing',
    play: ({ socket, healthy }) => void socket.write(half(healthy, lengthOf(healthy))),
    ends: { as: 'timeout', says: 'got silence' },
    endedBy: 'idle',
  },
  {
    sends: 'a byte now and then, for ever',
    play: ({ socket, healthy: { contentType } }) =>
      slowly(socket, headOf('200 OK', { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' }), '1\r\n \r\n'),
    ends: { as: 'timeout', says: 'expected the answer within' },
    endedBy: 'total',
  },
  {
    sends: 'half of a body, then a reset',
    play: ({ socket, healthy }) => void socket.write(half(healthy, lengthOf(healthy)), () => socket.resetAndDestroy()),
    ends: { as: 'source', says: cutOff },
  },
  {
    sends: 'half of a body with its length, then the end',
    play: ({ socket, healthy }) => void socket.end(half(healthy, lengthOf(healthy))),
    ends: { as: 'source', says: cutOff },
  },
  {
    sends: 'a chunk without the last one, then the end',
    play: ({ socket, healthy: { contentType } }) => {
      const head = headOf('200 OK', { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' });
      socket.end(`${head}4\r\n{"a"\r\n`);
    },
    ends: { as: 'source', says: cutOff },
  },
  {
    sends: 'a chunk whose length is no number',
    play: ({ socket }) => void socket.end(`${headOf('200 OK', { 'Transfer-Encoding': 'chunked' })}zz\r\n`),
    ends: { as: 'source', says: cutOff },
  },
  {
    sends: 'half of a body whose end is the end of the connection (HTTP/1.0)',
    play: ({ socket, healthy }) => void socket.end(half(healthy, {}, '1.0')),
    ends: { as: 'source', says: 'expected' },
    but: { http: { as: 'success' }, custom: { as: 'success' } },
  },
  {
    sends: 'gzip that unpacks to a thousand times its size',
    play: ({ socket, healthy: { contentType } }) => {
      socket.write(headOf('200 OK', { 'Content-Type': contentType, 'Content-Encoding': 'gzip' }, '1.0'));
      flood(socket, member);
    },
    ends: { as: 'source', says: 'expected' },
    but: { http: { as: 'source', says: 'expected a body that unpacks to at most 200 times its size' } },
  },
  {
    sends: 'gzip that is cut off',
    play: packed((body) => gzipSync(body).subarray(0, -9)),
    ends: { as: 'source', says: unpacks },
  },
  { sends: 'no gzip, under its name', play: packed((body) => body), ends: { as: 'source', says: unpacks } },
  {
    sends: 'deflate without its wrapper, under its name',
    play: packed((body) => deflateRawSync(body), 'deflate'),
    ends: { as: 'source', says: unpacks },
  },
  {
    sends: 'an encoding that nobody asked for',
    play: packed((body) => body, 'zstd'),
    ends: { as: 'source', says: 'expected a Content-Encoding of gzip, deflate or br, got `zstd`' },
  },
  {
    sends: 'the announcement of 3 GiB',
    play: ({ socket, healthy: { contentType } }) => {
      socket.write(headOf('200 OK', { 'Content-Type': contentType, 'Content-Length': String(3 * 2 ** 30) }));
      flood(socket, Buffer.alloc(2 ** 16, ' '));
    },
    ends: { as: 'source', says: 'bytes, got 3,221,225,472 announced' },
  },
  {
    sends: 'a body without end',
    play: ({ socket, healthy: { contentType } }) => {
      const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(2 ** 16, ' '), Buffer.from('\r\n')]);
      socket.write(headOf('200 OK', { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' }));
      flood(socket, chunk);
    },
    clients: ['gtfs-realtime', 'ptv', 'datavic-rows'],
    ends: { as: 'source', says: 'expected at most' },
  },
];

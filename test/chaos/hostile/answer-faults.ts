import type { Fault } from './fault.ts';
import { headOf, type Play, sendAnswer } from './origin.ts';
import { flood } from './paces.ts';

const page = { contentType: 'text/html', body: Buffer.from('<!doctype html><title>Sign in</title>') };

const redirect =
  (toAddress: (baseUrl: string) => string, status = '302 Found'): Play =>
  ({ socket, baseUrl }) =>
    sendAnswer(socket, { contentType: 'text/plain', body: Buffer.from('moved') }, status, {
      Location: toAddress(baseUrl),
    });

const busy =
  (status: string, retryAfter: string): Play =>
  ({ socket }) =>
    sendAnswer(socket, { contentType: 'text/plain', body: Buffer.from('busy') }, status, { 'Retry-After': retryAfter });

const notPublic = 'to be a public address, got a private or reserved one';
const badScheme = 'expected an http or https address, got one of scheme';
const hourMs = 3_600_000;

/** Answers of HTTP that are none to what was asked. */
export const answerFaults: readonly Fault[] = [
  {
    sends: 'redirects in a circle',
    play: ({ socket, baseUrl, path }) =>
      sendAnswer(socket, page, '301 Moved Permanently', { Location: `${baseUrl}${path}` }),
    ends: { as: 'source', says: 'expected at most 5 redirects, got one more' },
  },
  {
    sends: 'a redirect to a private address',
    play: redirect(() => 'http://10.0.0.1/latest'),
    ends: { as: 'source', says: `expected 10.0.0.1:80 ${notPublic}` },
  },
  {
    sends: "a redirect to a cloud's metadata",
    play: redirect(() => 'http://[::ffff:169.254.169.254]/latest/meta-data'),
    ends: { as: 'source', says: notPublic },
  },
  {
    sends: 'a redirect to a name that resolves to a private address',
    play: redirect((baseUrl) => baseUrl.replace('127.0.0.1', 'localhost')),
    ends: { as: 'source', says: notPublic },
  },
  {
    sends: 'a redirect to `file:`',
    play: redirect(() => 'file:///etc/passwd'),
    ends: { as: 'source', says: `${badScheme} \`file:\`` },
  },
  {
    sends: 'a redirect to `gopher:`',
    play: redirect(() => 'gopher://127.0.0.1:6379/_INFO'),
    ends: { as: 'source', says: `${badScheme} \`gopher:\`` },
  },
  {
    sends: 'a redirect to an address with a password',
    play: redirect((baseUrl) => baseUrl.replace('://', '://root:hunter22@')),
    ends: { as: 'source', says: 'to hold no user name and password' },
  },
  {
    sends: 'a redirect to nowhere',
    play: redirect(() => 'http://'),
    ends: { as: 'source', says: 'expected the redirect to name an address' },
  },
  {
    sends: 'a redirect whose page never ends, to a healthy answer',
    play: ({ socket, path, baseUrl, healthy }) => {
      if (path.includes('again')) return sendAnswer(socket, healthy);
      socket.write(headOf('302 Found', { Location: `${baseUrl}${path}${path.includes('?') ? '&' : '?'}again=1` }));
      flood(socket, 'a page that nobody reads\n', 50);
    },
    ends: { as: 'success' },
  },
  {
    sends: '429 with a Retry-After in the year 9999',
    play: busy('429 Too Many Requests', 'Fri, 31 Dec 9999 23:59:59 GMT'),
    ends: { as: 'source', says: 'expected status 2xx, got 429' },
    retryAfterMs: hourMs,
  },
  {
    sends: '503 with a Retry-After of 60 digits',
    play: busy('503 Busy', '9'.repeat(60)),
    ends: { as: 'source', says: 'got 503' },
    retryAfterMs: hourMs,
  },
  {
    sends: '503 with a Retry-After in the past',
    play: busy('503 Busy', 'Sun, 06 Nov 1994 08:49:37 GMT'),
    ends: { as: 'source', says: 'got 503' },
    retryAfterMs: 0,
  },
  {
    sends: '429 with a Retry-After of `-5`',
    play: busy('429 Too Many Requests', '-5'),
    ends: { as: 'source', says: 'got 429' },
    retryAfterMs: null,
  },
  {
    sends: '429 with a Retry-After of `1e99`',
    play: busy('429 Too Many Requests', '1e99'),
    ends: { as: 'source', says: 'got 429' },
    retryAfterMs: null,
  },
  {
    sends: '304 without our having a body',
    play: ({ socket }) => void socket.write(headOf('304 Not Modified', { ETag: '"a"' })),
    ends: { as: 'source', says: 'expected a body, got 304 to a request without validators' },
  },
  {
    sends: '206, a part that nobody asked for',
    play: ({ socket, healthy }) => sendAnswer(socket, healthy, '206 Partial Content'),
    ends: { as: 'source', says: 'expected the whole body, got 206' },
  },
  {
    sends: '204, no body',
    play: ({ socket }) => void socket.write(headOf('204 No Content', {})),
    ends: { as: 'source', says: 'got an empty body' },
    but: {
      http: { as: 'success' },
      custom: { as: 'success' },
      'record-count': { as: 'source', says: 'got nothing' },
      ckan: { as: 'source', says: 'expected' },
    },
  },
  {
    sends: 'a healthy body under a wrong type',
    play: ({ socket, healthy: { body } }) => sendAnswer(socket, { contentType: 'image/png; charset=klingon', body }),
    ends: { as: 'success' },
  },
  {
    sends: 'a page to sign in, with 200',
    play: ({ socket }) => sendAnswer(socket, page),
    ends: { as: 'source', says: 'got HTML (`<!doctype html><title>Sign in</title>`' },
    but: { http: { as: 'success' }, custom: { as: 'success' } },
  },
];

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { publicOnly } from '../../../components/http/guard.ts';
import { clientFor, failureOf, freshFolder, localOrigin, setup } from './setup.ts';

const findNothing = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }));

describe('a status that is no answer', () => {
  it.each([
    [400, false],
    [401, false],
    [403, false],
    [404, undefined],
    [408, true],
    [410, false],
    [418, false],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
    [300, false],
  ])('%i is a source failure, retryable: %s', async (status, retryable) => {
    const { origin, http, directory } = await setup();
    origin.route('/a/b', { status, headers: { 'content-type': 'text/plain' }, body: 'a `reason`\nin two lines' });
    const failure = await failureOf(http.download({ url: `${origin.url}/a/b?key=hidden` }, directory));
    expect(failure.message).toBe(
      `GET 127.0.0.1:${origin.port}/a/b: expected status 2xx, got ${status} (text/plain, \`a  reason  in two lines\`)`,
    );
    expect(failure).toMatchObject({ class: 'source', details: { status, contentType: 'text/plain' } });
    expect(failure.retryable).toBe(retryable);
    expect(await readdir(directory)).toEqual([]);
  });

  it('names the credentials at 401 and 403 and prints none of them, even if the page does', async () => {
    const { origin, http } = await setup();
    const headers = { authorization: 'Bearer hidden-token', 'x-api-key': 'hidden-key' };
    origin.route('/', ({ query, headers: got }) => ({
      status: 403,
      body: `no: ${query.get('signature')} ${String(got['x-api-key'])} ${got.authorization}`,
    }));
    const failure = await failureOf(http.text({ url: `${origin.url}/?signature=hidden-signature`, headers }));
    expect(failure.hint).toContain('credentials');
    expect(failure.message).toContain('`no: *** *** ***`');
    expect(JSON.stringify(failure)).not.toContain('hidden');
  });

  it('shows 120 bytes of a long page, unpacked', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 500, headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(100_000)) });
    expect((await failureOf(http.text({ url: `${origin.url}/` }))).message).toContain(`\`${'x'.repeat(120)}…\``);
  });

  it.each([
    ['is cut off', (response: { destroy(): void }) => response.destroy()],
    ['does not unpack', (response: { end(text: string): void }) => response.end('no gzip')],
  ])('stays the failure when its page %s', async (_name, finish) => {
    const { origin, http } = await setup();
    origin.route('/', (_request, response) => {
      response.writeHead(502, { 'content-encoding': 'gzip', 'content-length': '7' });
      response.flushHeaders();
      finish(response);
      return undefined;
    });
    expect((await failureOf(http.text({ url: `${origin.url}/` }))).details).toEqual({ status: 502 });
  });

  it('passes Retry-After on', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 429, headers: { 'retry-after': '7' } });
    expect((await failureOf(http.text({ url: `${origin.url}/` }))).retryAfterMs).toBe(7_000);
    origin.route('/', { status: 400, headers: { 'retry-after': '7' } });
    expect((await failureOf(http.text({ url: `${origin.url}/` }))).retryAfterMs).toBeUndefined();
  });

  it('a 304 to a request without validators is a source failure', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 304 });
    const failure = await failureOf(http.text({ url: `${origin.url}/` }));
    expect(failure.class).toBe('source');
    expect(failure.message).toContain('got 304 to a request without validators');
  });
});

describe('a body that is not whole', () => {
  it.each([
    ['shorter than its Content-Length', { 'content-length': '5120' }, 'expected 5,120 bytes, got 1,000 bytes'],
    ['without its last chunk', {}, 'expected a last chunk, got 1,000 bytes'],
    [
      'shorter, and gzip',
      { 'content-length': '5120', 'content-encoding': 'gzip' },
      'expected 5,120 bytes, got 1,000 bytes',
    ],
  ])('%s is a source failure and leaves no file', async (_name, headers, message) => {
    const { origin, http, directory } = await setup();
    const packed = gzipSync(Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7_919) % 256)), {
      level: 0,
    });
    origin.route('/', (_request, response) => {
      response.writeHead(200, headers);
      response.write(packed.subarray(0, 1_000), () => response.socket?.end());
      return undefined;
    });
    const failure = await failureOf(http.download({ url: `${origin.url}/` }, directory));
    expect(failure.class).toBe('source');
    expect(failure.message).toContain(`${message}: the body was cut off`);
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['gzip', gzipSync('x'.repeat(9_999)).subarray(0, 30)],
    ['br', brotliCompressSync('x'.repeat(9_999)).subarray(0, 8)],
    ['gzip', Buffer.from('not gzip at all')],
    ['deflate', Buffer.from('not deflate at all')],
    ['br', Buffer.from('not brotli at all')],
  ])('%s that does not unpack is a source failure', async (encoding, body) => {
    const { origin, http, directory } = await setup();
    origin.route('/', { headers: { 'content-encoding': encoding }, body });
    const failure = await failureOf(http.download({ url: `${origin.url}/` }, directory));
    expect(failure.class).toBe('source');
    expect(failure.message).toContain(
      `expected a body that unpacks as its Content-Encoding says, got ${body.length} bytes`,
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses an encoding that it did not ask for', async () => {
    const { origin, http } = await setup();
    origin.route('/', { headers: { 'content-encoding': 'compress' }, body: 'x' });
    const failure = await failureOf(http.text({ url: `${origin.url}/` }));
    expect(failure.message).toContain('expected a Content-Encoding of gzip, deflate or br, got `compress`');
  });
});

describe('a body that is too large', () => {
  const tenMegabytes = gzipSync(Buffer.alloc(10 * 1024 * 1024));
  const bomb = Buffer.concat(Array.from({ length: 30 }, () => tenMegabytes));

  it('is given up on at the cap, packed 300 MB included', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/', { headers: { 'content-encoding': 'gzip' }, body: bomb });
    const maxBytes = 10 * 1024 * 1024;
    const failure = await failureOf(http.download({ url: `${origin.url}/`, maxBytes }, directory));
    expect(failure).toMatchObject({ class: 'source', retryable: false });
    expect(failure.message).toContain('expected at most 10,485,760 bytes, got more');
    expect(failure.details?.decodedBytes).toBeLessThanOrEqual(maxBytes + 64 * 1024);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is given up on when it unpacks to far more than was sent', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/', { headers: { 'content-encoding': 'gzip' }, body: bomb });
    const failure = await failureOf(http.download({ url: `${origin.url}/` }, directory));
    expect(failure.message).toContain('unpacks to at most 200 times its size');
    expect(failure.details?.decodedBytes).toBeLessThan(80 * 1024 * 1024);
    expect(await readdir(directory)).toEqual([]);
  });

  it('is taken to the last byte of the cap', async () => {
    const { origin, http } = await setup();
    origin.route('/', { body: 'x'.repeat(1_000) });
    expect((await http.text({ url: `${origin.url}/`, maxBytes: 1_000 })).body).toHaveLength(1_000);
    expect((await failureOf(http.text({ url: `${origin.url}/`, maxBytes: 999 }))).class).toBe('source');
  });
});

describe('no answer at all', () => {
  it('refused: infra, with the code and a hint', async () => {
    const origin = await localOrigin();
    const http = clientFor(origin);
    await origin.close();
    origin.close = async () => {};
    const failure = await failureOf(http.text({ url: `${origin.url}/x?key=hidden` }));
    expect(failure).toMatchObject({ class: 'infra', details: { code: 'ECONNREFUSED' } });
    expect(failure.message).toBe(`GET 127.0.0.1:${origin.port}/x: no answer: ECONNREFUSED`);
    expect(failure.hint).toContain('Nothing listens there');
  });

  it('no such name: infra', async () => {
    const http = clientFor(await localOrigin(), { guard: publicOnly({ lookup: findNothing }) });
    const failure = await failureOf(http.text({ url: 'http://nowhere.test/' }));
    expect(failure).toMatchObject({ class: 'infra', details: { code: 'ENOTFOUND' } });
    expect(failure.hint).toContain('DNS');
  });

  it('reset before the headers: infra', async () => {
    const { origin, http } = await setup();
    origin.route('/', (_request, response) => void response.socket?.destroy());
    expect(await failureOf(http.text({ url: `${origin.url}/` }))).toMatchObject({ class: 'infra' });
  });

  it('a certificate of nobody: infra', async () => {
    const origin = await localOrigin({ https: true });
    const failure = await failureOf(clientFor(origin).text({ url: `${origin.url}/` }));
    expect(failure).toMatchObject({ class: 'infra', details: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } });
    expect(failure.hint).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('something that is not HTTP: source', async () => {
    const origin = await localOrigin();
    origin.route('/', (_request, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
    const failure = await failureOf(clientFor(origin).text({ url: `${origin.url}/` }));
    expect(failure).toMatchObject({ class: 'source' });
    expect(failure.message).toContain('expected an HTTP answer, got something else (H');
  });

  it('a landing folder that cannot be written: infra', async () => {
    const { origin, http } = await setup();
    origin.route('/', { body: 'x' });
    const file = join(await freshFolder(), 'file');
    await writeFile(file, '');
    const failure = await failureOf(http.download({ url: `${origin.url}/` }, join(file, 'landing')));
    expect(failure).toMatchObject({ class: 'infra', details: { code: 'ENOTDIR' } });
    expect(failure.message).toMatch(`could not make ${join(file, 'landing')}: ENOTDIR`);
  });
});

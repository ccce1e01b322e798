import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clientFor, failureOf, freshFolder, localOrigin, setup } from './setup.ts';

const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const text = 'stop_id,stop_name\n1,Flinders Street – platform ½\n'.repeat(5_000);

function releaseOne(held: Set<() => void>): void {
  const [release] = held;
  if (!release) throw new Error('expected a request that is held');
  held.delete(release);
  release();
}

describe('download', () => {
  it('lands the body under its sha256', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/feed', { headers: { 'content-type': 'application/zip', etag: '"a"' }, body: text });
    const answer = await http.download({ url: `${origin.url}/feed?x=1` }, join(directory, 'not', 'there', 'yet'));
    const { path, ...body } = answer.body ?? { path: '' };
    expect(body).toEqual({ sha256: sha256(text), bytes: Buffer.byteLength(text) });
    expect(path).toBe(join(directory, 'not', 'there', 'yet', sha256(text)));
    expect(await readFile(path, 'utf8')).toBe(text);
    expect(answer).toMatchObject({ status: 200, url: `${origin.url}/feed?x=1`, headers: { etag: '"a"' } });
  });

  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['GZIP', Buffer.concat([gzipSync(text.slice(0, 999)), gzipSync(text.slice(999))])],
  ])('undoes the Content-Encoding %s', async (encoding, body) => {
    const { origin, http, directory } = await setup();
    origin.route('/', { headers: { 'content-encoding': encoding }, body });
    const answer = await http.download({ url: `${origin.url}/` }, directory);
    expect(answer.body?.sha256).toBe(sha256(text));
    expect(origin.requests[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  it('leaves a gzip file alone that is sent as what it is', async () => {
    const { origin, http, directory } = await setup();
    const body = gzipSync(text);
    origin.route('/', { headers: { 'content-type': 'application/gzip' }, body });
    expect((await http.download({ url: `${origin.url}/` }, directory)).body?.sha256).toBe(sha256(body));
  });

  it('takes a body without length or chunks, and an empty one', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/closed', (_request, response) => {
      response.socket?.end('HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nto the end');
      return undefined;
    });
    origin.route('/empty', { headers: { 'content-encoding': 'gzip', 'content-length': '0' } });
    origin.route('/none', { status: 204 });
    expect((await http.download({ url: `${origin.url}/closed` }, directory)).body?.sha256).toBe(sha256('to the end'));
    expect((await http.download({ url: `${origin.url}/empty` }, directory)).body?.bytes).toBe(0);
    expect(await http.download({ url: `${origin.url}/none` }, directory)).toMatchObject({
      status: 204,
      body: { bytes: 0 },
    });
  });

  it('keeps one file when the same content comes twice at once', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/', { body: text });
    const request = { url: `${origin.url}/` };
    const answers = await Promise.all([http.download(request, directory), http.download(request, directory)]);
    expect(new Set(answers.map(({ body }) => body?.path)).size).toBe(1);
    expect(await readdir(directory)).toEqual([sha256(text)]);
    expect(await readFile(join(directory, sha256(text)), 'utf8')).toBe(text);
  });
});

describe('text and json', () => {
  it('posts a body and parses the answer', async () => {
    const { origin, http } = await setup();
    origin.route('/', ({ body, method, headers }) => ({ body: JSON.stringify([method, body, headers['x-key']]) }));
    const request = { url: `${origin.url}/`, method: 'POST', body: '{"a":1}', headers: { 'X-Key': 'k' } } as const;
    expect((await http.json(request)).body).toEqual(['POST', '{"a":1}', 'k']);
  });

  it('says who it is', async () => {
    const origin = await localOrigin();
    origin.route('/', ({ headers }) => ({ body: headers['user-agent'] ?? '' }));
    expect((await clientFor(origin).text({ url: `${origin.url}/` })).body).toBe('signalbox');
    expect((await clientFor(origin, { userAgent: 'mine/1' }).text({ url: `${origin.url}/` })).body).toBe('mine/1');
  });

  it.each([
    ['text/plain', Buffer.from('\uFEFFgrün'), 'grün'],
    ['text/plain; charset=iso-8859-1', Buffer.from('grün', 'latin1'), 'grün'],
    ['text/plain; charset="UTF-8"', Buffer.from('grün'), 'grün'],
    ['text/plain; charset=klingon', Buffer.from('grün'), 'grün'],
  ])('reads text as %s', async (contentType, body, expected) => {
    const { origin, http } = await setup();
    origin.route('/', { headers: { 'content-type': contentType }, body });
    expect((await http.text({ url: `${origin.url}/` })).body).toBe(expected);
  });

  it('lets a byte order mark before JSON pass', async () => {
    const { origin, http } = await setup();
    origin.route('/', { body: '\uFEFF{"a":[1]}' });
    expect((await http.json({ url: `${origin.url}/` })).body).toEqual({ a: [1] });
  });

  it.each([
    ['text/html', '<!DOCTYPE html><p>busy', 'HTML (`<!DOCTYPE html><p>busy`, text/html, 22 bytes)'],
    ['application/json', '{"cut":', 'JSON (`{"cut":`, application/json, 7 bytes)'],
    ['application/json', '', 'an empty body'],
    [
      'application/json',
      Buffer.from('["gr\xfcn"]', 'latin1'),
      'JSON (`["gr n"]`, application/json, 8 bytes) that is not UTF-8',
    ],
  ])('says what came in place of JSON: %s %s', async (contentType, body, got) => {
    const { origin, http } = await setup();
    origin.route('/api', { headers: { 'content-type': contentType }, body });
    const failure = await failureOf(http.json({ url: `${origin.url}/api?key=hidden` }));
    expect(failure).toMatchObject({
      class: 'source',
      message: `GET 127.0.0.1:${origin.port}/api: expected JSON, got ${got}`,
    });
  });

  it('answers with an accepted status, body or none', async () => {
    const { origin, http } = await setup();
    origin.route('/json', { status: 404, body: '{"success":false}' });
    origin.route('/html', { status: 404, body: '<html>' });
    origin.route('/none', { status: 204 });
    const get = (path: string) => http.json({ url: `${origin.url}${path}`, acceptStatus: [404] });
    expect(await get('/json')).toMatchObject({ status: 404, body: { success: false } });
    expect(await get('/html')).toMatchObject({ status: 404, body: undefined });
    expect(await get('/none')).toMatchObject({ status: 204, body: undefined });
  });
});

describe('the client', () => {
  it('reports its traffic as it goes', async () => {
    let calls = 0;
    let bytesIn = 0;
    const origin = await localOrigin();
    const http = clientFor(origin, {
      onTraffic: (traffic) => {
        calls += traffic.calls;
        bytesIn += traffic.bytesIn;
      },
    });
    const body = gzipSync(text);
    origin.route('/', { status: 302, headers: { location: '/there' }, body: 'moved' });
    origin.route('/there', { headers: { 'content-encoding': 'gzip' }, body });
    await http.download({ url: `${origin.url}/` }, await freshFolder());
    expect({ calls, bytesIn }).toEqual({ calls: 2, bytesIn: body.byteLength });
  });

  it('asks one origin at most six things at once', async () => {
    const { origin, http } = await setup();
    const [held, arrived] = [new Set<() => void>(), new EventEmitter()];
    let busiest = 0;
    origin.route('/', async () => {
      await new Promise<void>((resolve) => {
        held.add(resolve);
        busiest = Math.max(busiest, held.size);
        arrived.emit(`request ${origin.requests.length}`);
      });
      return { body: 'ok' };
    });
    const sixth = once(arrived, 'request 6');
    const answers = Array.from({ length: 20 }, () => http.text({ url: `${origin.url}/` }));
    await sixth;
    for (let next = 7; next <= 20; next++) {
      const came = once(arrived, `request ${next}`);
      releaseOne(held);
      await came;
    }
    while (held.size > 0) releaseOne(held);
    await Promise.all(answers);
    expect(busiest).toBe(6);
    expect(origin.connections).toBe(6);
  });

  it('asks on over the connections it has, after redirects too', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 302, headers: { location: '/there' }, body: 'moved' });
    origin.route('/there', { body: 'there' });
    for (let index = 0; index < 5; index++) await http.text({ url: `${origin.url}/` });
    expect(origin.requests).toHaveLength(10);
    // A second one may be opened while the first still finishes the redirect's own body.
    expect(origin.connections).toBeLessThanOrEqual(2);
  });

  it('does not send what is no address', async () => {
    const { http } = await setup();
    expect(await failureOf(http.text({ url: '/relative?key=hidden' }))).toEqual({
      class: 'error',
      message: 'expected `url` to be an absolute http(s) address',
      retryable: false,
    });
    const origin = await localOrigin();
    const broken = await failureOf(clientFor(origin).text({ url: `${origin.url}/`, headers: { 'x-key': 'hid\nden' } }));
    expect(broken).toMatchObject({ class: 'error', retryable: false });
    expect(JSON.stringify(broken)).not.toContain('den');
  });
});

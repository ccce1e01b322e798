import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { HttpSource, LandedSource, PartEvidence, Reading } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { landSource } from '../../../components/http/land.ts';
import { type Bench, failureOf, setup } from './setup.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

/** One source of one page, asked again and again, each time with what the last time has shown. */
async function watch(rest: Partial<HttpSource> = {}) {
  const bench = await setup();
  const source: HttpSource = { kind: 'http', id: 'feed', request: { url: `${bench.origin.url}/feed` }, ...rest };
  let last: LandedSource | undefined;
  const ask = async (reading: Reading = 'validators') => {
    const { http, directory } = bench;
    last = await landSource(source, { http, directory, reading, ...(last ? { previous: last.evidence } : {}) });
    const [part] = last.evidence.parts as readonly [PartEvidence];
    return { ...part, proof: last.evidence.proof, audited: last.evidence.audited };
  };
  return { ...bench, ask, path: () => last?.parts[0]?.path ?? '' };
}

const sent = ({ origin }: Pick<Bench, 'origin'>, name: string) => origin.requests.map(({ headers }) => headers[name]);
const methods = ({ origin }: Pick<Bench, 'origin'>) => origin.requests.map(({ method }) => method);

describe('validators (RFC 9110 §8.8, §13)', () => {
  it('a weak ETag is sent back as it is, and compared weakly', async () => {
    const watched = await watch();
    watched.origin.route('/feed', { headers: { etag: 'W/"1"' }, body: 'a' });
    await watched.ask();
    watched.origin.route('/feed', { headers: { etag: '"1"' }, body: 'a' });
    const again = await watched.ask();
    expect(sent(watched, 'if-none-match')).toEqual([undefined, 'W/"1"']);
    expect(again).toMatchObject({ notModified: false, proof: 'clean', digest: sha256('a') });
  });

  it('without validators the content decides', async () => {
    const watched = await watch();
    watched.origin.route('/feed', { body: 'a' });
    expect(await watched.ask()).toMatchObject({ digest: sha256('a') });
    expect(await watched.ask()).toMatchObject({ digest: sha256('a'), notModified: false, proof: undefined });
    watched.origin.route('/feed', { body: 'b' });
    expect(await watched.ask()).toMatchObject({ digest: sha256('b'), proof: undefined });
  });

  it('an ETag that flaps between servers is no change, and is noted', async () => {
    const watched = await watch();
    const etagNow = () => `"server-${watched.origin.requests.length % 2}"`;
    watched.origin.route('/feed', () => ({ headers: { etag: etagNow() }, body: 'a' }));
    await watched.ask();
    expect(await watched.ask()).toMatchObject({ digest: sha256('a'), proof: 'flapping' });
    expect(await watched.ask()).toMatchObject({ digest: sha256('a'), proof: 'flapping' });
  });

  it.each([
    ['within a second of the answer', date, date],
    ['after the answer, by a clock that is ahead', 'Sun, 06 Nov 1994 09:00:00 GMT', date],
    ['no date', 'yesterday', date],
  ])('a Last-Modified %s is not relied on', async (_name, modified, answered) => {
    const watched = await watch();
    watched.origin.route('/feed', { headers: { 'last-modified': modified, date: answered }, body: 'a' });
    expect(await watched.ask()).not.toHaveProperty('lastModified');
    await watched.ask();
    expect(sent(watched, 'if-modified-since')).toEqual([undefined, undefined]);
  });

  it('becomes reliable with time: an equal body moves the validators', async () => {
    const watched = await watch();
    watched.origin.route('/feed', { headers: { 'last-modified': date, date }, body: 'a' });
    await watched.ask();
    watched.origin.route('/feed', {
      headers: { 'last-modified': date, date: 'Sun, 06 Nov 1994 08:49:38 GMT' },
      body: 'a',
    });
    expect(await watched.ask()).toMatchObject({ lastModified: date, notModified: false });
    watched.origin.route('/feed', ({ headers }) => ({ status: headers['if-modified-since'] === date ? 304 : 500 }));
    expect(await watched.ask()).toMatchObject({ notModified: true });
  });

  it('a date of an old form goes back as it came', async () => {
    const watched = await watch();
    const old = 'Sunday, 06-Nov-94 08:49:37 GMT';
    watched.origin.route('/feed', { headers: { 'last-modified': old }, body: 'a' });
    await watched.ask();
    await watched.ask();
    expect(sent(watched, 'if-modified-since')).toEqual([undefined, old]);
  });

  it('another encoding is the same content', async () => {
    const watched = await watch();
    watched.origin.route('/feed', { headers: { etag: '"1"', vary: 'accept-encoding' }, body: 'a,b\n' });
    await watched.ask();
    const headers = { etag: '"1-gzip"', vary: 'accept-encoding', 'content-encoding': 'gzip' };
    watched.origin.route('/feed', { headers, body: gzipSync('a,b\n') });
    expect(await watched.ask()).toMatchObject({ digest: sha256('a,b\n'), bytes: 4, proof: 'flapping' });
  });
});

describe('answers that nobody asked for', () => {
  it('a 304 whose kept body went away meanwhile is asked again, without conditions', async () => {
    const watched = await watch();
    watched.origin.route('/feed', { headers: { etag: '"1"' }, body: 'a' });
    await watched.ask();
    const path = watched.path();
    watched.origin.route('/feed', ({ headers }) => {
      rmSync(path, { force: true });
      return headers['if-none-match'] ? { status: 304 } : { headers: { etag: '"1"' }, body: 'a' };
    });
    expect(await watched.ask()).toMatchObject({ notModified: false, digest: sha256('a') });
    expect(sent(watched, 'if-none-match')).toEqual([undefined, '"1"', undefined]);
  });

  it('a server that stumbles over conditions (412) is asked without them', async () => {
    const watched = await watch();
    watched.origin.route('/feed', ({ headers }) =>
      headers['if-none-match'] ? { status: 412 } : { headers: { etag: '"1"' }, body: 'a' },
    );
    await watched.ask();
    expect(await watched.ask()).toMatchObject({ digest: sha256('a'), notModified: false });
    expect(watched.origin.requests).toHaveLength(3);
  });

  it.each([
    [412, 'expected status 2xx, got 412'],
    [304, 'got 304 to a request without validators'],
    [206, 'expected the whole body, got 206'],
  ])('%i to a plain request is a failure of the source', async (status, message) => {
    const watched = await watch();
    watched.origin.route('/feed', { status, ...(status === 206 ? { body: 'a' } : {}) });
    const failure = await failureOf(watched.ask());
    expect(failure.class).toBe('source');
    expect(failure.message).toContain(message);
  });
});

describe('a server that answers in full whatever the conditions', () => {
  const full = { headers: { etag: '"1"', 'content-length': '1' }, body: 'a' };

  /** Asked twice: the second time shows that it ignores conditions. */
  async function learned() {
    const watched = await watch();
    watched.origin.route('/feed', full);
    await watched.ask();
    expect(await watched.ask()).toMatchObject({ ignoresConditions: true, notModified: false });
    return watched;
  }

  it('is asked for its headers first', async () => {
    const watched = await learned();
    expect(await watched.ask()).toMatchObject({ notModified: true });
    expect(methods(watched)).toEqual(['GET', 'GET', 'HEAD']);
  });

  it.each([405, 501, 404])('and refuses HEAD with %i: is asked for the content', async (status) => {
    const watched = await learned();
    watched.origin.route('/feed', ({ method }) => (method === 'HEAD' ? { status } : full));
    expect(await watched.ask()).toMatchObject({ notModified: false, digest: sha256('a') });
    expect(methods(watched).slice(2)).toEqual(['HEAD', 'GET']);
  });

  it('another Content-Length is another content, though the ETag stays', async () => {
    const watched = await learned();
    watched.origin.route('/feed', { headers: { etag: '"1"', 'content-length': '2' }, body: 'bb' });
    expect(await watched.ask()).toMatchObject({ digest: sha256('bb'), proof: 'lied' });
  });

  it('a HEAD that lies about the length costs a request and changes nothing', async () => {
    const watched = await learned();
    watched.origin.route('/feed', ({ method }) =>
      method === 'HEAD' ? { headers: { etag: '"1"', 'content-length': '999' } } : full,
    );
    expect(await watched.ask()).toMatchObject({ digest: sha256('a'), notModified: false });
  });

  it('the same length proves nothing by itself', async () => {
    const watched = await learned();
    watched.origin.route('/feed', ({ method }) =>
      method === 'HEAD' ? { headers: { 'content-length': '1' } } : { headers: { 'content-length': '1' }, body: 'b' },
    );
    expect(await watched.ask()).toMatchObject({ digest: sha256('b'), notModified: false });
  });
});

describe('an audit', () => {
  const audited = async (first: object, then: Parameters<Bench['origin']['route']>[1]) => {
    const watched = await watch();
    watched.origin.route('/feed', { body: 'a', ...first });
    await watched.ask();
    watched.origin.route('/feed', then);
    return { watched, shown: await watched.ask('audit') };
  };

  it('asks the origin, past caches, without conditions', async () => {
    const { watched, shown } = await audited({ headers: { etag: '"1"' } }, { headers: { etag: '"1"' }, body: 'a' });
    expect(shown).toMatchObject({ audited: true, proof: 'clean' });
    expect(sent(watched, 'if-none-match')).toEqual([undefined, undefined]);
    expect(sent(watched, 'cache-control')).toEqual([undefined, 'no-cache']);
  });

  it.each([
    ['ETag', { etag: '"1"' }],
    ['Last-Modified', { 'last-modified': date }],
  ])('finds a lying %s', async (_name, headers) => {
    const { shown } = await audited({ headers }, { headers, body: 'b' });
    expect(shown).toMatchObject({ audited: true, proof: 'lied', digest: sha256('b') });
  });

  it('finds a server that answers 304 to anything', async () => {
    const { shown } = await audited({ headers: { etag: '"1"' } }, ({ headers }) =>
      headers['if-none-match'] ? { status: 304 } : { headers: { etag: '"2"' }, body: 'b' },
    );
    expect(shown).toMatchObject({ proof: 'lied', digest: sha256('b') });
  });

  it('takes an honest change for one', async () => {
    const { shown } = await audited({ headers: { etag: '"1"' } }, { headers: { etag: '"2"' }, body: 'b' });
    expect(shown).toMatchObject({ audited: true, proof: undefined, digest: sha256('b') });
  });
});

import { createHash } from 'node:crypto';
import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpSource, LandedSource } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { landSource } from '../../../components/http/land.ts';
import { sweepLanding } from '../../../components/http/landing-folder.ts';
import type { Origin } from '../../harness/origin.ts';
import { failureOf, freshFolder, setup } from './setup.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lastModified = 'Sun, 06 Nov 1994 08:49:37 GMT';

const strong = (tag: string) => tag.replace(/^W\//, '');
const temporary = (digit: string) => `.${digit.repeat(8)}-0000-4000-8000-000000000000.part`;
const digests = (landed: LandedSource) => landed.evidence.parts.map(({ digest }) => digest);
const digestOfResult: HttpSource['digest'] = async ({ path }) =>
  `result ${JSON.parse(await readFile(path, 'utf8')).result}`;

/** Serves `body` under an ETag and Last-Modified and answers 304 where RFC 9110 §13.1.2 says so. */
function serve(origin: Origin, path: string, body: string, etag = `W/"${sha256(body).slice(0, 8)}"`): void {
  const headers = { etag, 'last-modified': lastModified, 'content-type': 'text/csv' };
  origin.route(path, ({ headers: sent }) =>
    strong(sent['if-none-match'] ?? '') === strong(etag) ? { status: 304, headers: { etag } } : { headers, body },
  );
}

const sourceAt = (origin: Origin, rest: Partial<HttpSource> = {}): HttpSource => ({
  kind: 'http',
  id: 'feed',
  request: { url: `${origin.url}/feed` },
  ...rest,
});

const paged = (origin: Origin, pages: number): HttpSource =>
  sourceAt(origin, {
    request: { url: `${origin.url}/0` },
    next: async (_page, index) => (index + 1 < pages ? { url: `${origin.url}/${index + 1}` } : undefined),
  });

const endless: HttpSource = {
  kind: 'http',
  id: 'endless',
  request: { url: 'http://endless.test/0' },
  next: async (_page, index) => ({ url: `http://endless.test/${index + 1}` }),
};

describe('landSource', () => {
  it('lands a body with its evidence', async () => {
    const { origin, http, directory } = await setup();
    serve(origin, '/feed', 'a,b\n', '"v1"');
    const landed = await landSource(sourceAt(origin), { http, directory, reading: 'validators' });
    const part = { digest: sha256('a,b\n'), sha256: sha256('a,b\n'), bytes: 4, notModified: false };
    expect(landed.evidence).toEqual({
      source: 'feed',
      parts: [{ ...part, request: expect.any(String), etag: '"v1"', lastModified, contentType: 'text/csv' }],
    });
    expect(await readFile(landed.parts[0]?.path ?? '', 'utf8')).toBe('a,b\n');
    expect(origin.requests[0]?.headers).not.toHaveProperty('if-none-match');
  });

  it('asks with the validators of the last time and keeps the body at a 304', async () => {
    const { origin, http, directory } = await setup();
    serve(origin, '/feed', 'a,b\n', 'W/"v1"');
    const first = await landSource(sourceAt(origin), { http, directory, reading: 'validators' });
    serve(origin, '/feed', 'a,b\n', '"v1"');
    const again = await landSource(sourceAt(origin), {
      http,
      directory,
      reading: 'validators',
      previous: first.evidence,
    });
    expect(origin.requests[1]?.headers).toMatchObject({ 'if-none-match': 'W/"v1"', 'if-modified-since': lastModified });
    expect(again.parts).toEqual(first.parts);
    expect(again.evidence.parts).toEqual([{ ...first.evidence.parts[0], etag: '"v1"', notModified: true }]);
  });

  it('asks anew when told to, and keeps the request of the source free of its own validators', async () => {
    const { origin, http, directory } = await setup();
    serve(origin, '/feed', 'a,b\n');
    const source = sourceAt(origin, { request: { url: `${origin.url}/feed`, validators: { etag: '"x"' } } });
    const first = await landSource(source, { http, directory, reading: 'validators' });
    await landSource(source, { http, directory, reading: 'content', previous: first.evidence });
    for (const { headers } of origin.requests) expect(headers).not.toHaveProperty('if-none-match');
    expect(origin.requests).toHaveLength(2);
  });

  it.each([
    ['is gone', (path: string) => rm(path)],
    ['was cut', (path: string) => truncate(path, 2)],
  ])('asks anew when the kept body %s, and mends it', async (_name, spoil) => {
    const { origin, http, directory } = await setup();
    serve(origin, '/feed', 'a,b\n');
    const first = await landSource(sourceAt(origin), { http, directory, reading: 'validators' });
    const path = first.parts[0]?.path ?? '';
    await spoil(path);
    const again = await landSource(sourceAt(origin), {
      http,
      directory,
      reading: 'validators',
      previous: first.evidence,
    });
    expect(origin.requests[1]?.headers).not.toHaveProperty('if-none-match');
    expect(again.evidence.parts[0]?.notModified).toBe(false);
    expect(await readFile(path, 'utf8')).toBe('a,b\n');
  });

  it('compares by the digest that the source declares', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/feed', { body: '{"help":"http://here","result":1}' });
    const landed = await landSource(sourceAt(origin, { digest: digestOfResult }), {
      http,
      directory,
      reading: 'validators',
    });
    expect(landed.evidence.parts[0]?.digest).toBe('result 1');
  });

  it('a 304 to a request without validators is a source failure', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/feed', { status: 304 });
    const failure = await failureOf(landSource(sourceAt(origin), { http, directory, reading: 'validators' }));
    expect(failure.class).toBe('source');
  });
});

describe('landSource, paged', () => {
  it('lands every page and asks each by its own validators', async () => {
    const { origin, http, directory } = await setup();
    for (const index of [0, 1, 2]) serve(origin, `/${index}`, `page ${index}`);
    const told: number[] = [];
    const onPage = (_part: unknown, index: number) => void told.push(index);
    const first = await landSource(paged(origin, 3), { http, directory, reading: 'validators', onPage });
    expect(told).toEqual([0, 1, 2]);
    expect(digests(first)).toEqual(['page 0', 'page 1', 'page 2'].map(sha256));
    expect(origin.connections).toBe(1);

    serve(origin, '/1', 'page 1, changed');
    serve(origin, '/3', 'page 3');
    const again = await landSource(paged(origin, 4), {
      http,
      directory,
      reading: 'validators',
      previous: first.evidence,
    });
    expect(again.evidence.parts.map(({ notModified }) => notModified)).toEqual([true, false, true, false]);
    expect(await Promise.all(again.parts.map(({ path }) => readFile(path, 'utf8')))).toEqual([
      'page 0',
      'page 1, changed',
      'page 2',
      'page 3',
    ]);
  });

  it('never puts the validators of one request to another', async () => {
    const { origin, http, directory } = await setup();
    const said = { 'last-modified': lastModified, etag: '"1"' };
    for (const page of ['one', 'two']) {
      origin.route(`/${page}`, ({ headers: sent }) =>
        'if-none-match' in sent ? { status: 304, headers: said } : { headers: said, body: `page ${page}` },
      );
    }
    const chained = (second: string) =>
      sourceAt(origin, {
        request: { url: `${origin.url}/start-of-${second}` },
        next: async (_page, index) => (index === 0 ? { url: `${origin.url}/${second}` } : undefined),
      });
    for (const second of ['one', 'two']) serve(origin, `/start-of-${second}`, `start of ${second}`);
    const first = await landSource(chained('one'), { http, directory, reading: 'validators' });
    const again = await landSource(chained('two'), {
      http,
      directory,
      reading: 'validators',
      previous: first.evidence,
    });
    expect(digests(again)).toEqual(['start of two', 'page two'].map(sha256));
    expect(again.evidence.proof).toBeUndefined();
  });

  it('a page that points back is a source failure', async () => {
    const { origin, http, directory } = await setup();
    for (const index of [0, 1]) serve(origin, `/${index}`, `page ${index}`);
    const source = {
      ...paged(origin, 2),
      next: async (_page: unknown, index: number) => ({ url: `${origin.url}/${1 - index}` }),
    };
    const failure = await failureOf(landSource(source, { http, directory, reading: 'validators' }));
    expect(failure.message).toBe('source `feed`: expected a next page, got page 2 pointing back to an earlier one');
    expect(origin.requests).toHaveLength(2);
  });

  it('posts of one address are told apart by their bodies', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/', ({ body }) => ({ body: `page ${body}` }));
    const request = (index: number) => ({ url: `${origin.url}/`, method: 'POST' as const, body: String(index) });
    const source: HttpSource = {
      kind: 'http',
      id: 'feed',
      request: request(0),
      next: async (_page, index) => (index < 2 ? request(index + 1) : undefined),
    };
    const landed = await landSource(source, { http, directory, reading: 'validators' });
    expect(digests(landed)).toEqual(['page 0', 'page 1', 'page 2'].map(sha256));
  });

  it('ends after 10,000 pages', async () => {
    const body = { path: '/kept', sha256: 'x', bytes: 1 };
    let calls = 0;
    const download = async () => ({ status: 200, headers: {}, url: '', body, calls: calls++ });
    const http = { download, text: download as never, json: download as never, head: download as never };
    const failure = await failureOf(landSource(endless, { http, directory: '/nowhere', reading: 'content' }));
    expect(failure.message).toContain('expected at most 10000 pages, got more');
    expect(calls).toBe(10_000);
  });
});

it('pages that are longer together than the longest file end the asking', async () => {
  const body = { path: '/kept', sha256: 'x', bytes: 2 ** 30 };
  let calls = 0;
  const download = async () => ({ status: 200, headers: {}, url: '', body, calls: calls++ });
  const http = { download, text: download as never, json: download as never, head: download as never };
  const failure = await failureOf(landSource(endless, { http, directory: '/nowhere', reading: 'content' }));
  expect(failure).toMatchObject({ class: 'source', retryable: false });
  expect(failure.message).toContain('expected pages of at most 2,147,483,648 bytes together, got more in 3');
  expect(calls).toBe(3);
});

describe('sweepLanding', () => {
  it('removes what is not kept and what a dead download left, and nothing else', async () => {
    const directory = await freshFolder();
    const [kept, unkept] = [sha256('kept'), sha256('unkept')];
    const names = [kept, unkept, temporary('a'), temporary('b'), 'notes.txt', '.gitkeep', unkept.toUpperCase()];
    for (const name of names) await writeFile(join(directory, name), name);
    await utimes(join(directory, temporary('a')), new Date(0), new Date(0));
    await sweepLanding(directory, new Set([kept]));
    const left = names.filter((name) => name !== unkept && name !== temporary('a'));
    expect((await readdir(directory)).toSorted()).toEqual(left.toSorted());
  });

  it('has nothing to do where there is no folder', async () => {
    await expect(sweepLanding(join(await freshFolder(), 'absent'), new Set())).resolves.toBeUndefined();
  });
});

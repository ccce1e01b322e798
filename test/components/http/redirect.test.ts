import { describe, expect, it } from 'vitest';
import { publicOnly } from '../../../components/http/guard.ts';
import { clientFor, failureOf, localOrigin, setup } from './setup.ts';

async function twoOrigins() {
  const [first, second] = [await localOrigin(), await localOrigin()];
  const allowHosts = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
  return { first, second, http: clientFor(first, { guard: publicOnly({ allowHosts }) }) };
}

const headers = {
  Authorization: 'Bearer hidden',
  Cookie: 'session=hidden',
  'X-Api-Key': 'hidden',
  'Ocp-Apim-Subscription-Key': 'hidden',
  Accept: 'application/json',
};

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%i is followed, by a relative address too', async (status) => {
    const { origin, http } = await setup();
    origin.route('/a/b', { status, headers: { location: '../c?d=1' } });
    origin.route('/c', { body: 'there' });
    expect(await http.text({ url: `${origin.url}/a/b` })).toMatchObject({ body: 'there', url: `${origin.url}/c?d=1` });
  });

  it('five are followed, a sixth is not', async () => {
    const { origin, http } = await setup();
    origin.route('/', ({ query }) => ({
      status: 302,
      headers: { location: `/?left=${Number(query.get('left')) - 1}` },
    }));
    const failure = await failureOf(http.text({ url: `${origin.url}/?left=9` }));
    expect(failure.message).toContain('expected at most 5 redirects, got one more');
    expect(origin.requests).toHaveLength(6);
    origin.route('/last', { body: 'there' });
    origin.route('/', ({ query }) => {
      const left = Number(query.get('left'));
      return { status: 302, headers: { location: left === 1 ? '/last' : `/?left=${left - 1}` } };
    });
    expect((await http.text({ url: `${origin.url}/?left=5` })).body).toBe('there');
  });

  it('a loop ends', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 301, headers: { location: '/' } });
    expect((await failureOf(http.text({ url: `${origin.url}/` }))).class).toBe('source');
  });

  it.each([undefined, '', 'http://'])('to `%s` is a source failure', async (location) => {
    const { origin, http } = await setup();
    origin.route('/', { status: 302, ...(location !== undefined && { headers: { location } }) });
    const failure = await failureOf(http.text({ url: `${origin.url}/` }));
    expect(failure.message).toContain('expected the redirect to name an address');
  });

  it('keys stay with the origin they were meant for', async () => {
    const { first, second, http } = await twoOrigins();
    first.route('/', { status: 302, headers: { location: `${second.url}/` } });
    second.route('/', { body: 'ok' });
    const validators = { etag: '"a"' };
    await http.text({ url: `${first.url}/`, headers, validators });
    expect(first.requests[0]?.headers).toMatchObject({ authorization: 'Bearer hidden', 'x-api-key': 'hidden' });
    const got = second.requests[0]?.headers ?? {};
    expect(JSON.stringify(got)).not.toContain('hidden');
    expect(got).toMatchObject({ accept: 'application/json', 'if-none-match': '"a"', 'user-agent': 'signalbox' });
  });

  it('and do not come back with a redirect back', async () => {
    const { first, second, http } = await twoOrigins();
    first.route('/', { status: 302, headers: { location: `${second.url}/` } });
    second.route('/', { status: 302, headers: { location: `${first.url}/back` } });
    first.route('/back', { body: 'ok' });
    await http.text({ url: `${first.url}/`, headers });
    expect(first.requests[1]?.headers.authorization).toBeUndefined();
  });

  it('within an origin everything goes along', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 302, headers: { location: '/there' } });
    origin.route('/there', { body: 'ok' });
    await http.text({ url: `${origin.url}/`, headers });
    expect(origin.requests[1]?.headers.authorization).toBe('Bearer hidden');
  });

  it.each([
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'q=1'],
    [308, 'POST', 'q=1'],
  ])('a POST becomes, after %i, a %s', async (status, method, body) => {
    const { origin, http } = await setup();
    origin.route('/', { status, headers: { location: '/there' } });
    origin.route('/there', { body: 'ok' });
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await http.text({ url: `${origin.url}/`, method: 'POST', body: 'q=1', headers: type });
    expect(origin.requests[1]).toMatchObject({ method, body });
    expect('content-type' in (origin.requests[1]?.headers ?? {})).toBe(method === 'POST');
  });

  it.each([
    ['as it is', (key: string) => `?key=${key}`],
    [
      'in a sign-in address',
      (key: string) => `?next=${encodeURIComponent(`https://a.example/?key=${encodeURIComponent(key)}`)}`,
    ],
    ['in the path', (key: string) => `keys/${encodeURIComponent(key)}`],
    ['beside escapes that are no text', (key: string) => `?bad=%ff&key=${encodeURIComponent(key)}`],
    ['as in a form', (key: string) => `?${new URLSearchParams({ key }).toString()}`],
  ])('a secret in the new address is not carried to another origin: %s', async (_name, addressOf) => {
    const { first, second } = await twoOrigins();
    const secret = 'Hidden/k+y ü "quoted"';
    const allowHosts = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
    const http = clientFor(first, { guard: publicOnly({ allowHosts }), secrets: ['short', secret] });
    first.route('/', {
      status: 302,
      headers: { location: encodeURI(`${second.url}/`) + addressOf(secret).replaceAll(/[ü" ]/g, encodeURIComponent) },
    });
    const failure = await failureOf(http.text({ url: `${first.url}/?key=${encodeURIComponent(secret)}` }));
    expect(failure).toMatchObject({ class: 'source', retryable: false });
    expect(failure.message).toContain('refused a redirect that would carry a secret on to another origin');
    expect(JSON.stringify(failure)).not.toContain('idden');
    expect(second.requests).toEqual([]);
  });

  it('a secret in the new address stays within its origin, and other addresses lead elsewhere', async () => {
    const { first, second } = await twoOrigins();
    const allowHosts = [`127.0.0.1:${first.port}`, `127.0.0.1:${second.port}`];
    const http = clientFor(first, { guard: publicOnly({ allowHosts }), secrets: ['hidden-key'] });
    first.route('/', { status: 302, headers: { location: '/again?key=hidden-key' } });
    first.route('/again', { status: 302, headers: { location: `${second.url}/signed?token=theirs` } });
    second.route('/signed', { body: 'there' });
    expect((await http.text({ url: `${first.url}/?key=hidden-key` })).body).toBe('there');
    expect(second.requests.map(({ query }) => query.toString())).toEqual(['token=theirs']);
  });

  it('a body is not sent on to another origin', async () => {
    const { first, second, http } = await twoOrigins();
    first.route('/', { status: 307, headers: { location: `${second.url}/` } });
    const failure = await failureOf(http.text({ url: `${first.url}/`, method: 'POST', body: 'secret=1' }));
    expect(failure.message).toContain("refused to send the request's body on to");
    expect(second.requests).toEqual([]);
  });
});

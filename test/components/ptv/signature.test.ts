import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ptvSources } from '../../../components/ptv/requests.ts';
import { signRequest } from '../../../components/ptv/signature.ts';

const file = '../shared/data/ptv-api/signature/vectors.json';

interface Vector {
  readonly devid: number;
  readonly key: string;
  readonly signed: string;
  readonly signature: string;
}

const tail = (url: string) => url.slice(url.indexOf('/v3/'));

describe('signRequest', () => {
  const credentials = { devid: '2', key: '9c132d31-6a30-4cac-8d8b-8a1970834799' };

  it('appends devid and, last, the signature', () => {
    const signed = signRequest('/v3/routes', credentials);
    expect(signed).toMatch(/^\/v3\/routes\?devid=2&signature=[0-9a-f]{40}$/);
    expect(signRequest('/v3/routes?route_types=0&route_types=3', credentials)).toMatch(
      /^\/v3\/routes\?route_types=0&route_types=3&devid=2&signature=[0-9a-f]{40}$/,
    );
  });

  it('signs the path as the API sees it, not the mount in front of it', () => {
    const live = ptvSources('https://timetableapi.ptv.vic.gov.au', credentials, [0, 3]);
    const mounted = ptvSources('http://127.0.0.1:4000/ptv-timetable', credentials, [0, 3]);
    expect(live.map(({ id }) => id)).toEqual(['routes', 'disruptions']);
    expect(mounted.map(({ request }) => tail(request.url))).toEqual(live.map(({ request }) => tail(request.url)));
    expect(mounted[0]?.request.url).toMatch(/^http:\/\/127\.0\.0\.1:4000\/ptv-timetable\/v3\/routes\?route_types=0&/);
  });
});

describe.skipIf(!existsSync(file))('signRequest on published vectors (needs ../shared/data)', () => {
  const { vectors } = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { vectors: [] }) as {
    readonly vectors: readonly Vector[];
  };

  it.each(vectors)('$signed', ({ devid, key, signed, signature }) => {
    // The vectors give what was signed; the request is what precedes the devid.
    const request = signed.replace(/[?&]devid=2$/, '');
    const url = signRequest(request, { devid: String(devid), key });
    expect(url.toLowerCase()).toBe(`${signed}&signature=${signature}`.toLowerCase());
    expect(url.startsWith(signed)).toBe(true);
  });
});

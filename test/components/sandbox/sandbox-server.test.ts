import { createConnection } from 'node:net';
import type { SandboxPart, SandboxRequest, SandboxResponse } from 'signalbox';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../components/sandbox/server.ts';

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: Partial<SandboxOptions> & Pick<SandboxOptions, 'parts'>): Promise<Sandbox> {
  const sandbox = await startSandbox({ seed: 1, date: '2026-11-20', ...options });
  open.push(sandbox);
  return sandbox;
}

function part(name: string, handle: (request: SandboxRequest) => SandboxResponse): SandboxPart {
  return { name, layout: [], open: async () => ({ mode: 'generated', handle: async (request) => handle(request) }) };
}

const etag = '"cafe"';
const lastModified = 'Thu, 19 Nov 2026 14:01:41 GMT';
const validated = part('feed', () => ({
  status: 200,
  headers: { etag, 'last-modified': lastModified },
  body: 'content',
}));

/** Sends the very bytes, which fetch would tidy up, and gives the whole answer. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

describe('requests', () => {
  it('hands path and query on without decoding them', async () => {
    const seen: SandboxRequest[] = [];
    const echo = part('echo', (request) => {
      seen.push(request);
      return { status: 200, body: 'ok' };
    });
    const { port } = await start({ parts: [echo] });
    await raw(
      port,
      'GET /echo/a%2Fb/%zz//c?x=1&&y=a+b%20c&signature=ABC?& HTTP/1.1\r\nHost: x\r\nKeyId: k\r\nConnection: close\r\n\r\n',
    );
    expect(seen).toMatchObject([
      { path: '/a%2Fb/%zz//c', query: 'x=1&&y=a+b%20c&signature=ABC?&', baseUrl: `http://127.0.0.1:${port}/echo` },
    ]);
    expect(seen[0]?.headers.keyid).toBe('k');
  });

  it('answers an absolute-form target and a mount without a path', async () => {
    const paths: string[] = [];
    const echo = part('echo', ({ path, query }) => {
      paths.push(`${path} ${query}`);
      return { status: 200 };
    });
    const { port } = await start({ parts: [echo] });
    await raw(port, 'GET http://elsewhere/echo?q HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(paths).toEqual(['/ q']);
  });

  it('gives HEAD the headers of GET and no body', async () => {
    const sandbox = await start({ parts: [validated] });
    const answer = await fetch(`${sandbox.baseUrl('feed')}/x`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('etag')]).toEqual([200, '7', etag]);
    expect(await answer.text()).toBe('');
  });

  it('refuses other methods with 405 and unknown mounts with 404, naming what there is', async () => {
    const sandbox = await start({ parts: [validated] });
    const post = await fetch(`${sandbox.baseUrl('feed')}/x`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const unknown = await fetch(`${sandbox.baseUrl('other')}/x`);
    expect([unknown.status, await unknown.text()]).toEqual([404, 'no such source in the sandbox; it serves feed\n']);
  });

  it('survives bytes that are no HTTP and a part that throws', async () => {
    const broken = part('broken', () => {
      throw new Error('kaputt');
    });
    const sandbox = await start({ parts: [broken, validated] });
    expect(await raw(sandbox.port, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const failed = await fetch(`${sandbox.baseUrl('broken')}/`);
    expect([failed.status, await failed.text()]).toEqual([500, 'Internal error in the sandbox: Error: kaputt\n']);
    expect((await fetch(`${sandbox.baseUrl('feed')}/`)).status).toBe(200);
  });
});

describe('conditional requests (RFC 9110 §13)', () => {
  const older = 'Thu, 19 Nov 2026 14:01:40 GMT';
  it.each([
    ['the same tag', { 'if-none-match': etag }, 304],
    ['the same tag, weak', { 'if-none-match': 'W/"cafe"' }, 304],
    ['a list that has it', { 'if-none-match': '"a,b", W/"c" , "cafe"' }, 304],
    ['any tag', { 'if-none-match': '*' }, 304],
    ['another tag', { 'if-none-match': '"babe"' }, 200],
    ['a tag without quotes', { 'if-none-match': 'cafe' }, 200],
    ['another tag, whatever the date says', { 'if-none-match': '"babe"', 'if-modified-since': lastModified }, 200],
    ['the same tag, whatever the date says', { 'if-none-match': etag, 'if-modified-since': older }, 304],
    ['the same date', { 'if-modified-since': lastModified }, 304],
    ['a later date', { 'if-modified-since': 'Fri, 20 Nov 2026 00:00:00 GMT' }, 304],
    ['an earlier date', { 'if-modified-since': older }, 200],
    ['the date as RFC 850 writes it', { 'if-modified-since': 'Thursday, 19-Nov-26 14:01:41 GMT' }, 304],
    ['the date as asctime writes it', { 'if-modified-since': 'Thu Nov 19 14:01:41 2026' }, 304],
    ['no date', { 'if-modified-since': 'yesterday' }, 200],
  ])('%s', async (_, headers: Record<string, string>, status) => {
    const sandbox = await start({ parts: [validated] });
    const answer = await fetch(`${sandbox.baseUrl('feed')}/x`, { headers });
    expect([answer.status, await answer.text()]).toEqual([status, status === 304 ? '' : 'content']);
    expect([answer.headers.get('etag'), answer.headers.get('last-modified')]).toEqual([etag, lastModified]);
  });

  it('leaves answers alone that are not 200 or have no validators', async () => {
    const missing = part('missing', () => ({ status: 404, headers: { etag }, body: 'gone' }));
    const bare = part('bare', () => ({ status: 200, body: 'bare' }));
    const sandbox = await start({ parts: [missing, bare] });
    const headers = { 'if-none-match': etag, 'if-modified-since': lastModified };
    expect((await fetch(`${sandbox.baseUrl('missing')}/`, { headers })).status).toBe(404);
    expect((await fetch(`${sandbox.baseUrl('bare')}/`, { headers })).status).toBe(200);
  });
});

describe('faults', () => {
  it('refuse the first requests below their path, then let go', async () => {
    const fault = { path: '/feed/slow', times: 2, status: 429, headers: { 'retry-after': '3' } };
    const sandbox = await start({ parts: [validated], faults: [fault] });
    const get = async (path: string) => {
      const answer = await fetch(sandbox.baseUrl('feed') + path);
      return [answer.status, answer.headers.get('retry-after')];
    };
    expect(await get('/fast')).toEqual([200, null]);
    expect(await get('/slow/1')).toEqual([429, '3']);
    expect(await get('/slow/2')).toEqual([429, '3']);
    expect(await get('/slow/2')).toEqual([200, null]);
  });
});

describe('start', () => {
  it('mounts a part that several components share once, and refuses two parts of one name', async () => {
    const sandbox = await start({ parts: [validated, validated] });
    expect([...sandbox.modes]).toEqual([['feed', 'generated']]);
    await expect(start({ parts: [validated, { ...validated }] })).rejects.toThrow('two sandbox parts are named `feed`');
  });

  it.each(['2026-02-30', 'today', '2026-1-1', ''])('refuses %j as the sandbox day', async (date) => {
    await expect(start({ parts: [validated], date })).rejects.toThrow('expected the sandbox day to be a date');
  });
});

import { watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { FailureError } from 'signalbox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../../components/http/client.ts';
import { publicOnly } from '../../../components/http/guard.ts';
import { clientFor, failureOf, freshFolder, localOrigin, setup } from './setup.ts';

function hangBefore(): undefined {
  return undefined;
}

function hangAfterHeaders(_request: unknown, response: ServerResponse): undefined {
  response.writeHead(200, { 'content-length': '5120' }).write('x'.repeat(1_000));
}

describe('the idle deadline', () => {
  it.each([
    ['before the headers', hangBefore],
    ['in the body', hangAfterHeaders],
  ])('ends an exchange that is silent %s', async (_name, route) => {
    const { origin, http, directory } = await setup();
    origin.route('/', route);
    const failure = await failureOf(http.download({ url: `${origin.url}/?key=hidden`, idleTimeoutMs: 50 }, directory));
    expect(failure.class).toBe('timeout');
    expect(failure.message).toBe(`GET 127.0.0.1:${origin.port}/: expected a byte at least every 50 ms, got silence`);
    expect(await readdir(directory)).toEqual([]);
  });

  it('ends an exchange while its name is looked up, and the client can be closed', async () => {
    const never = publicOnly({ lookup: () => new Promise(() => undefined) });
    const http = createHttpClient({ signal: new AbortController().signal, guard: never });
    const failure = await failureOf(http.text({ url: 'http://slow.test/', idleTimeoutMs: 50 }));
    expect(failure.message).toBe('GET slow.test/: expected a byte at least every 50 ms, got silence');
    await http.close();
  });

  it('does not count the wait for a place', async () => {
    const { origin, http } = await setup();
    const held: (() => void)[] = [];
    const sixHeld = new Promise<void>((resolve) => {
      origin.route('/held', async () => {
        await new Promise<void>((release) => {
          held.push(release);
          if (held.length === 6) resolve();
        });
        return { body: 'ok' };
      });
    });
    origin.route('/next', { body: 'ok' });
    origin.route('/slow', hangBefore);
    const other = await localOrigin();
    other.route('/slow', hangBefore);
    const holders = Array.from({ length: 6 }, () => http.text({ url: `${origin.url}/held` }));
    await sixHeld;
    const next = http.text({ url: `${origin.url}/next`, idleTimeoutMs: 400 });
    // Another exchange's longer silence ends while the next one still waits.
    await failureOf(clientFor(other).text({ url: `${other.url}/slow`, idleTimeoutMs: 800 }));
    for (const release of held) release();
    expect((await next).status).toBe(200);
    await Promise.all(holders);
  });
});

describe('the total deadline', () => {
  it('ends an exchange that is never silent', async () => {
    const { origin, http, directory } = await setup();
    origin.route('/', (_request, response) => {
      const drip = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(drip));
      return undefined;
    });
    const failure = await failureOf(http.download({ url: `${origin.url}/`, timeoutMs: 60 }, directory));
    expect(failure.class).toBe('timeout');
    expect(failure.message).toContain('expected the answer within 60 ms');
    expect(await readdir(directory)).toEqual([]);
  });

  it('spans redirects and names the address that was slow', async () => {
    const { origin, http } = await setup();
    origin.route('/', { status: 302, headers: { location: '/slow' } });
    origin.route('/slow', hangBefore);
    const failure = await failureOf(http.text({ url: `${origin.url}/`, timeoutMs: 60 }));
    expect(failure.message).toContain(`:${origin.port}/slow: expected the answer within 60 ms`);
  });

  it('counts the wait for a place', async () => {
    const { origin, http } = await setup();
    origin.route('/', hangBefore);
    const requests = Array.from({ length: 7 }, () => failureOf(http.text({ url: `${origin.url}/`, timeoutMs: 60 })));
    const failures = await Promise.all(requests);
    expect(failures.map((failure) => failure.class)).toEqual(Array(7).fill('timeout'));
  });
});

describe('the signal', () => {
  it('ends a download in the middle and leaves no file behind', async () => {
    const origin = await localOrigin();
    const directory = await freshFolder();
    const attempt = new AbortController();
    const deadline = new FailureError({ class: 'timeout', message: 'the attempt took more than 30m' });
    const begun: (string | null)[] = [];
    const watcher = watch(directory, (_event, name) => {
      begun.push(name);
      attempt.abort(deadline);
    });
    onTestFinished(() => watcher.close());
    const http = clientFor(origin, { signal: attempt.signal });
    origin.route('/', hangAfterHeaders);
    expect(await failureOf(http.download({ url: `${origin.url}/` }, directory))).toBe(deadline.failure);
    expect(begun[0]).toMatch(/^\.[0-9a-f-]{36}\.part$/);
    expect(await readdir(directory)).toEqual([]);
  });

  it('ends what is under way and what waits, and lets nothing begin after', async () => {
    const origin = await localOrigin();
    const attempt = new AbortController();
    const http = clientFor(origin, { signal: attempt.signal });
    origin.route('/', () => {
      if (origin.requests.length === 6) attempt.abort(new Error('stopped by SIGINT'));
      return undefined;
    });
    const requests = Array.from({ length: 20 }, () => failureOf(http.text({ url: `${origin.url}/` })));
    for (const failure of await Promise.all(requests)) {
      expect(failure).toMatchObject({
        class: 'timeout',
        message: expect.stringContaining('stopped: stopped by SIGINT'),
      });
    }
    await failureOf(http.text({ url: `${origin.url}/` }));
    expect(origin.requests).toHaveLength(6);
  });
});

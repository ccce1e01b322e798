import { expect, it } from 'vitest';
import type { QuotaAsk, QuotaCounter, QuotaReply } from '../../../engine/model/quota.ts';
import { moment } from '../../harness/e2e-moment.ts';
import { clientFor, failureOf, localOrigin } from './setup.ts';

const granted: QuotaReply = { granted: true };

function counter(take: (ask: QuotaAsk) => Promise<QuotaReply> = () => Promise.resolve(granted)) {
  const asked: QuotaAsk[] = [];
  const quota: QuotaCounter = {
    take: (ask) => {
      asked.push(ask);
      return take(ask);
    },
    learn: () => {},
  };
  return { quota, asked };
}

it('counts every request before it is sent, redirects as well', async () => {
  const origin = await localOrigin();
  origin.route('/old', { status: 301, headers: { location: '/new' } });
  origin.route('/new', { body: 'new' });
  const { quota, asked } = counter();
  const http = clientFor(origin, { quota });
  await http.text({ url: `${origin.url}/old`, cost: 2, priority: true });
  await http.text({ url: `${origin.url}/new` });
  await http.text({ url: `${origin.url}/new`, cost: 0 });
  expect(asked).toEqual([
    { cost: 2, priority: true },
    { cost: 2, priority: true },
    { cost: 1, priority: false },
  ]);
});

it('sends nothing that was refused, and throws what the refusal says', async () => {
  const origin = await localOrigin();
  const failure = { class: 'source', message: 'used up' } as const;
  const { quota } = counter(() => Promise.resolve({ granted: false, failure }));
  expect(await failureOf(clientFor(origin, { quota }).text({ url: origin.url }))).toEqual(failure);
  expect(origin.requests).toEqual([]);
});

it('counts one request at a time until it is on its way, and does not wait for its answer', async () => {
  const origin = await localOrigin();
  const bothAsked = moment();
  let here = 0;
  origin.route('/slow', async () => {
    here += 1;
    if (here === 2) bothAsked.reach();
    await bothAsked.reached;
    return { body: 'late' };
  });
  let counted = 0;
  let mostOpen = 0;
  const { quota } = counter(async () => {
    counted += 1;
    mostOpen = Math.max(mostOpen, counted - here);
    return granted;
  });
  const http = clientFor(origin, { quota });
  await Promise.all([1, 2].map((n) => http.text({ url: `${origin.url}/slow?n=${n}` })));
  expect(here).toBe(2);
  expect(mostOpen).toBeLessThanOrEqual(2);
});

it('goes on after a request that could not be sent', async () => {
  const [gone, origin] = [await localOrigin(), await localOrigin()];
  await gone.close();
  origin.route('/a', { body: 'a' });
  const { quota, asked } = counter();
  const lost = clientFor(gone, { quota });
  expect(await failureOf(lost.text({ url: `${gone.url}/a` }))).toMatchObject({ class: 'infra' });
  expect(await failureOf(lost.text({ url: `${gone.url}/a` }))).toMatchObject({ class: 'infra' });
  expect(asked).toHaveLength(2);
});

it('asks for nothing once the attempt is stopped', async () => {
  const origin = await localOrigin();
  const stop = new AbortController();
  const asking = moment();
  const { quota, asked } = counter(() => {
    asking.reach();
    return new Promise(() => {});
  });
  const http = clientFor(origin, { quota, signal: stop.signal });
  const both = [1, 2].map((n) => http.text({ url: `${origin.url}/a?n=${n}` }).catch(() => 'stopped'));
  await asking.reached;
  stop.abort(new Error('stopped: cancelled'));
  expect(await Promise.all(both)).toEqual(['stopped', 'stopped']);
  expect(asked).toHaveLength(1);
  expect(origin.requests).toEqual([]);
});

it('refuses a cost that is no number of calls', async () => {
  const origin = await localOrigin();
  const { quota, asked } = counter();
  const wrong = clientFor(origin, { quota }).text({ url: `${origin.url}/a`, cost: -1 });
  expect(await failureOf(wrong)).toMatchObject({ class: 'error', message: expect.stringContaining('got `-1`') });
  expect(asked).toEqual([]);
});

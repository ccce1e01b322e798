import { component, infraFailure, priority } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { windowOf } from '../../../../engine/schedule/quota-window.ts';
import { moment } from '../../../harness/e2e-moment.ts';
import { createNapClock } from '../../../harness/run-naps.ts';
import { componentOf, reasonsOf, statusesOf } from '../../../harness/run-rig.ts';
import { asking, dagOf, midnight, useQuotaRig } from './quota-rig.ts';

const quotas = useQuotaRig();

describe('a component with a quota', () => {
  it('is charged for every request it sends: redirects and refused ones as well', async () => {
    const { origin, some, run, used } = quotas();
    origin.route('/a', { body: 'a' });
    origin.route('/moved', { status: 302, headers: { location: '/a' } });
    origin.route('/down', { status: 500 });
    const mixed = component({
      id: 'mixed',
      isolation: 'inline',
      quota: some(),
      run: async ({ http, baseUrl }) => {
        await http.text({ url: `${baseUrl}/moved` });
        await http.text({ url: `${baseUrl}/down` }).catch(() => undefined);
        await http.text({ url: `${baseUrl}/a`, cost: 3 });
        await http.text({ url: `${baseUrl}/a`, cost: 0 });
        return 1;
      },
    });
    expect(statusesOf(await run(dagOf(mixed)))).toEqual({ mixed: 'success' });
    expect(await used()).toBe(2 + 1 + 3);
  });

  it('gets seven calls of ten when three are kept for priority; priority goes on to ten', async () => {
    const { origin, some, run, used, sent } = quotas();
    origin.route('/a', { body: 'a' });
    const shared = some({ reserve: 3 });
    const before = sent();
    const normal = await run(dagOf(asking('normal', 8, { quota: shared })));
    expect(reasonsOf(normal)).toEqual({ normal: 'quota_exhausted' });
    expect([sent() - before, await used()]).toEqual([7, 7]);
    const urgent = await run(dagOf(asking('urgent', 4, { quota: priority(shared) })));
    expect(statusesOf(urgent)).toEqual({ urgent: 'deferred' });
    expect([sent() - before, await used()]).toEqual([10, 10]);
  });

  it('lets single requests use the reserve', async () => {
    const { origin, some, run, used } = quotas();
    origin.route('/a', { body: 'a' });
    const one = component({
      id: 'one',
      isolation: 'inline',
      quota: some({ limit: 2, reserve: 1 }),
      run: async ({ http, baseUrl }) => {
        await http.text({ url: `${baseUrl}/a` });
        return (await http.text({ url: `${baseUrl}/a`, priority: true })).body ?? '';
      },
    });
    expect(statusesOf(await run(dagOf(one)))).toEqual({ one: 'success' });
    expect(await used()).toBe(2);
  });

  it('that runs dry midway is deferred, costs no try, and names when it resumes', async () => {
    const { rig, origin, name, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const summary = await run(dagOf(asking('dry', 4, { quota: some({ limit: 3 }), retries: 5 })));
    expect(summary.status).toBe('success');
    const details = await rig.details(summary);
    const row = componentOf(details, 'dry');
    expect(row).toMatchObject({ status: 'deferred', reason: 'quota_exhausted' });
    expect(row.attempts.map(({ status }) => status)).toEqual(['interrupted']);
    const message = `quota ${name} is used up: 3 of 3 calls this day; resumes at 2026-03-02 00:00:00Z`;
    expect(row.failure).toMatchObject({ message, details: { quota: name, resumesAt: midnight.toISOString() } });
    expect(summary.components[0]?.failure?.message).toBe(message);
  });

  it('is deferred before it begins when nothing is left, with a decision that says why; what waits for it is skipped', async () => {
    const { rig, origin, name, some, run, sent } = quotas();
    origin.route('/a', { body: 'a' });
    const shared = some({ limit: 1 });
    await run(dagOf(asking('first', 1, { quota: shared })));
    const before = sent();
    const second = asking('second', 1, { quota: shared });
    const after = component({ id: 'after', dependsOn: { second }, isolation: 'inline', run: async () => 1 });
    const summary = await run(dagOf(second, after));
    expect(reasonsOf(summary)).toEqual({ second: 'quota_exhausted', after: 'upstream_deferred' });
    expect(sent()).toBe(before);
    const { decision, attempts } = componentOf(await rig.details(summary), 'second');
    expect(attempts).toEqual([]);
    expect(decision).toMatchObject({ verdict: 'defer', reason: 'quota_exhausted' });
    expect(decision?.checks.at(-1)).toMatchObject({
      check: 'quota',
      inputs: { quota: name, used: 1, limit: 1, resumesAt: midnight.toISOString() },
    });
  });

  it('is reopened for the time when it resumes, and so is what waits for it', async () => {
    const { rig, origin, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const dry = asking('dry', 2, { quota: some({ limit: 1 }) });
    const after = component({ id: 'after', dependsOn: { dry }, isolation: 'inline', run: async () => 1 });
    const last = component({ id: 'last', dependsOn: { after }, isolation: 'inline', run: async () => 1 });
    const summary = await run(dagOf(dry, after, last));
    const rows = await rig.state.database
      .selectFrom('slot')
      .select(['component', 'status', 'reason', 'not_before', 'deadline'])
      .where('dag', '=', summary.dag)
      .orderBy('component')
      .execute();
    const open = { status: 'due', not_before: midnight, deadline: new Date('2026-03-09T00:00:00Z') };
    expect(rows).toEqual([
      { component: 'after', reason: 'upstream_deferred', ...open },
      { component: 'dry', reason: 'quota_exhausted', ...open },
      { component: 'last', reason: 'upstream_deferred', ...open },
    ]);
  });

  it.each([
    ['has failed like any other when it then fails for another reason', () => new TypeError('x is undefined'), 'error'],
    ['is deferred when it then fails for the refusal', (refusal: unknown) => refusal, 'quota_exhausted'],
    [
      'is deferred when it then wraps the refusal',
      (refusal: unknown) => new Error('no data', { cause: refusal }),
      'quota_exhausted',
    ],
  ])('that goes on with cheaper calls after a refusal %s', async (_, thrown, reason) => {
    const { origin, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const mixed = component({
      id: 'mixed',
      isolation: 'inline',
      quota: some({ limit: 3 }),
      run: async ({ http, baseUrl }) => {
        await http.text({ url: `${baseUrl}/a` });
        const refusal: unknown = await http.text({ url: `${baseUrl}/a`, cost: 3 }).catch((error: unknown) => error);
        await http.text({ url: `${baseUrl}/a` });
        throw thrown(refusal);
      },
    });
    expect(reasonsOf(await run(dagOf(mixed)))).toEqual({ mixed: reason });
  });

  it('waits at the call where the quota resumes within a minute, and lets the attempt go on', async () => {
    const { origin, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const clock = createNapClock();
    let now = new Date('2026-03-01T10:00:20Z');
    const summary = run(dagOf(asking('patient', 3, { quota: some({ limit: 2, per: 'minute' }) })), {
      ports: { clock: { ...clock, now: () => now } },
    });
    const nap = await clock.nap((ms) => ms === 40_000);
    now = new Date('2026-03-01T10:01:00Z');
    nap.wake();
    expect(statusesOf(await summary)).toEqual({ patient: 'success' });
  });

  it('cannot make a call that costs more than there ever is, and fails at once', async () => {
    const { some, run, used } = quotas();
    const costly = component({
      id: 'costly',
      isolation: 'inline',
      quota: some({ limit: 4, reserve: 1 }),
      retries: 3,
      run: async ({ http, baseUrl }) => (await http.text({ url: `${baseUrl}/a`, cost: 4 })).status,
    });
    const summary = await run(dagOf(costly));
    expect(summary.components[0]).toMatchObject({
      status: 'failed',
      attempts: 1,
      failure: { class: 'error', message: expect.stringContaining('at most the 3 that quota') },
    });
    expect(await used()).toBe(0);
  });

  it('is not held up by a count that cannot be read before its turn', async () => {
    const { rig, origin, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const look = () => Promise.reject(infraFailure('the database is away'));
    const store = { ...rig.state.quotas, look };
    const ports = { quotas: { store, windowOf, credentialOf: () => 'credential' } };
    const summary = await run(dagOf(asking('one', 1, { quota: some() })), { ports });
    expect(statusesOf(summary)).toEqual({ one: 'success' });
    const check = summary.components[0]?.decision?.checks.find((asked) => asked.check === 'quota');
    expect(check?.because).toContain('could not be looked up: the database is away');
  });

  it('fails as infra, with no call sent, when the database does not answer', async () => {
    const { rig, some, run, sent } = quotas();
    const before = sent();
    const clock = createNapClock();
    const asked = moment();
    const take = () => {
      asked.reach();
      return new Promise<never>(() => {});
    };
    const store = { ...rig.state.quotas, take };
    const ports = { store, windowOf, credentialOf: () => 'credential' };
    const summary = run(dagOf(asking('one', 1, { quota: some() })), { ports: { quotas: ports, clock } });
    await asked.reached;
    (await clock.nap((ms) => ms === 5_000)).wake();
    const [end] = (await summary).components;
    expect(end?.failure).toMatchObject({ class: 'infra', message: expect.stringContaining('got no answer') });
    expect(sent()).toBe(before);
  });
});

describe('a probe', () => {
  const feed = (id: string, more: object) =>
    component({
      id,
      isolation: 'inline',
      sources: ({ baseUrl }) => [{ kind: 'http', id: 'feed', request: { url: `${baseUrl}/a` } }],
      run: async ({ source }) => (await source('feed')).parts.length,
      ...more,
    });

  it('is charged as well, and its body is not fetched again', async () => {
    const { origin, some, run, used } = quotas();
    origin.route('/a', { body: 'a' });
    const dag = dagOf(feed('feed', { quota: some() }));
    await run(dag);
    expect(reasonsOf(await run(dag))).toEqual({ feed: 'inputs_unchanged' });
    expect(await used()).toBe(2);
    origin.route('/a', { body: 'another' });
    expect(reasonsOf(await run(dag))).toEqual({ feed: 'source_changed' });
    expect(await used()).toBe(3);
  });

  it('that is refused its call by another process defers the component', async () => {
    const { rig, origin, some, run } = quotas();
    origin.route('/a', { body: 'a' });
    const dag = dagOf(feed('feed', { quota: some({ limit: 2 }) }));
    await run(dag);
    // Between the decision and the probe somebody else has the last call.
    const store = {
      ...rig.state.quotas,
      take: async (...[key, take]: Parameters<typeof rig.state.quotas.take>) => {
        await rig.state.quotas.take(key, take);
        return rig.state.quotas.take(key, take);
      },
    };
    const ports = { store, windowOf, credentialOf: () => 'credential' };
    expect(reasonsOf(await run(dag, { ports: { quotas: ports } }))).toEqual({ feed: 'quota_exhausted' });
  });

  it('never takes from the reserve: a priority component then runs without having asked', async () => {
    const { origin, some, run, used } = quotas();
    origin.route('/a', { body: 'a' });
    const shared = some({ limit: 3, reserve: 1 });
    const dag = dagOf(feed('feed', { quota: priority(shared) }));
    await run(dag);
    await run(dagOf(asking('other', 1, { quota: shared })));
    expect(reasonsOf(await run(dag))).toEqual({ feed: 'probe_unknown' });
    expect(await used()).toBe(3);
  });
});

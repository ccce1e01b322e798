import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Owner } from '../../../engine/model/ports.ts';
import { openState, type State } from '../../../state/open-state.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { drivable } from '../../harness/run-drivable.ts';
import { createNapClock } from '../../harness/run-naps.ts';
import { componentOf, openRunRig, type RunRig, reasonsOf, runSettings, statusesOf } from '../../harness/run-rig.ts';

let rig: RunRig;
let origin: Origin;
/** Another engine on the same database. */
let otherState: State;
let otherOwner: Owner;

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startOrigin();
  otherState = await openState({ home: rig.storageRoot, databaseUrl: rig.databaseUrl });
  otherOwner = await otherState.owners.register();
});
afterAll(async () => {
  await otherState.close();
  await rig.close();
  await origin.close();
});

const other = () => ({ runs: otherState.runs, memory: otherState.memory, owner: otherOwner });
const isClaimWait = (ms: number) => ms !== runSettings.timeoutMs;

/** `feed` reads the origin, stages a table and waits for the test; `report` is made from it. */
function feeding(id: string) {
  let succeed = () => {};
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const feed = component({
    id: 'feed',
    isolation: 'inline',
    sources: ({ baseUrl }) => [{ kind: 'http', id: 'feed', request: { url: `${baseUrl}/${id}` } }],
    run: async (context) => {
      const sql = await context.sql();
      await sql.stageRows(`rows_of_${id}`, [{ name: 'n', type: 'INTEGER' }], [[1]]);
      return new Promise<null>((resolve) => {
        succeed = () => resolve(null);
        begin();
      });
    },
  });
  const report = component({ id: 'report', isolation: 'inline', dependsOn: { feed }, run: async () => 'made' });
  origin.route(`/${id}`, { body: 'content', headers: { etag: '"1"' } });
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  return {
    dag: defineDag({ id, components: [feed, report] }),
    begun,
    succeed: () => succeed(),
    origin: { baseUrl: origin.url, network },
  };
}

describe('two engines on one database', () => {
  test('the second run waits for the first and then finds that nothing changed', async () => {
    const work = feeding('twice');
    const first = rig.start(work.dag, { origin: work.origin });
    await work.begun;
    const clock = createNapClock();
    const second = rig.start(work.dag, { origin: work.origin, ports: { ...other(), clock } });
    const { heldBy } = await second.event('component_waiting');
    expect(heldBy).toBe((await first.event('run_started')).runId);
    work.succeed();
    expect(statusesOf(await first.summary)).toEqual({ feed: 'success', report: 'success' });
    (await clock.nap(isClaimWait)).wake();
    expect(statusesOf(await second.summary)).toEqual({ feed: 'unchanged', report: 'unchanged' });
    const versions = await rig.state.history.datasetVersions(
      { environment: 'sandbox', dag: work.dag.id },
      'rows_of_twice',
    );
    expect(versions).toHaveLength(1);
  });

  test('a run that takes its claims when another has just ended knows what that one left', async () => {
    const work = feeding('overtaken');
    const first = rig.start(work.dag, { origin: work.origin });
    await work.begun;
    // The second one has asked what was there before, and claims when the first one has ended.
    const claim: State['runs']['claim'] = async (request) => {
      work.succeed();
      await first.summary;
      return otherState.runs.claim(request);
    };
    const ports = { ...other(), runs: { ...otherState.runs, claim } };
    const second = await rig.run(work.dag, { origin: work.origin, ports });
    expect(statusesOf(second)).toEqual({ feed: 'unchanged', report: 'unchanged' });
  });

  test('a second run that does not wait gives up at once, and says who is in the way', async () => {
    const work = feeding('busy');
    const first = rig.start(work.dag, { origin: work.origin });
    await work.begun;
    const second = await rig.run(work.dag, { origin: work.origin, ports: other(), noWait: true });
    const holder = (await first.event('run_started')).runId;
    expect(second).toMatchObject({ status: 'cancelled', reason: 'busy', heldBy: { feed: holder, report: holder } });
    expect(statusesOf(second)).toEqual({ feed: 'cancelled', report: 'cancelled' });
    work.succeed();
    expect((await first.summary).status).toBe('success');
    expect((await rig.run(work.dag, { origin: work.origin, noWait: true })).status).toBe('success');
  });

  test('a run that waits is told to stop and stops', async () => {
    const work = feeding('patience');
    const first = rig.start(work.dag, { origin: work.origin });
    await work.begun;
    const stop = new AbortController();
    const clock = createNapClock();
    const second = rig.start(work.dag, { origin: work.origin, ports: { ...other(), clock }, signal: stop.signal });
    await second.event('component_waiting');
    await clock.nap(isClaimWait);
    stop.abort('interrupted');
    expect(statusesOf(await second.summary)).toEqual({ feed: 'cancelled', report: 'cancelled' });
    work.succeed();
    await first.summary;
  });

  test('components that both want and those that only one wants do not hold each other up', async () => {
    const left = drivable('left');
    const right = drivable('right');
    const dag = defineDag({ id: 'halves', components: [left.handle, right.handle] });
    const first = rig.start(dag, { components: ['left'] });
    const busy = await left.next();
    const clock = createNapClock();
    const second = rig.start(dag, { ports: { ...other(), clock } });
    (await right.next()).succeed();
    await second.event('component_finished', ({ component: id }) => id === 'right');
    busy.succeed();
    await first.summary;
    (await clock.nap(isClaimWait)).wake();
    (await left.next()).succeed();
    expect((await second.summary).status).toBe('success');
  });
});

test('the claim of an owner that is gone is taken over, and its late end counts for nothing', async () => {
  const only = drivable('only');
  const dag = defineDag({ id: 'heirs', components: [only.handle] });
  const dying = await otherState.owners.register();
  const abandoned = rig.start(dag, { ports: { ...other(), owner: dying } });
  const late = await only.next();
  // Its lease has run out while it was stopped.
  await rig.state.sql(`update signalbox.owner set lease_until = now() - interval '1 second' where id = '${dying.id}'`);
  const heir = rig.start(dag);
  (await only.next()).succeed('the heir’s');
  const inherited = await heir.summary;
  expect(inherited.status).toBe('success');
  late.succeed('too late');
  const lost = await abandoned.summary;
  expect(lost.components[0]).toMatchObject({ status: 'failed', reason: 'taken_over' });
  expect(componentOf(await rig.details(inherited), 'only')).toMatchObject({ status: 'success', output: 'the heir’s' });
  const row = componentOf(await rig.details(lost), 'only');
  expect(row).toMatchObject({ status: 'failed', reason: 'lost', output: null });
  expect(row.attempts).toMatchObject([{ status: 'lost' }]);
  expect(await rig.details(lost)).toMatchObject({ status: 'failed', reason: 'lost' });
});

test('an owner that was overtaken before it began does nothing, and does not say that it did', async () => {
  const only = component({ id: 'only', isolation: 'inline', run: async () => 'ran' });
  const dag = defineDag({ id: 'refused', components: [only] });
  await rig.run(dag);
  const claim: State['runs']['claim'] = async (request) => {
    const { heldBy } = await rig.state.runs.claim(request);
    return { fences: new Map(request.wanted.map((wanted) => [wanted.component, 0])), heldBy };
  };
  const live = rig.start(dag, { ports: { runs: { ...rig.state.runs, claim } }, forced: true });
  expect(reasonsOf(await live.summary)).toEqual({ only: 'taken_over' });
  expect(live.events.map(({ type }) => type)).toEqual(['run_started', 'component_finished', 'run_finished']);
});

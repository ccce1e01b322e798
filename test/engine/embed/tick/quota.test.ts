import { component, type Dag, defineDag, quota } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBackfill } from '../../../../engine/embed/backfill/create-backfill.ts';
import { workBackfill } from '../../../../engine/embed/backfill/work-backfill.ts';
import { readyDag } from '../../../../engine/embed/ready-dag.ts';
import { newId } from '../../../../state/new-id.ts';
import { type Origin, startOrigin } from '../../../harness/origin.ts';
import { openTickRig, type TickRig } from '../../../harness/tick-rig.ts';

let rig: TickRig;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  origin.route('/a', { body: 'a' });
  rig = await openTickRig({ allowHosts: [`${origin.host}:${origin.port}`] });
});
afterAll(async () => {
  await rig.close();
  await origin.close();
});

/** An hourly component with two calls a day, and one that reads it. */
function twoADay(): Dag {
  const asking = component({
    id: 'asking',
    isolation: 'inline',
    quota: quota(`q-${newId()}`, { limit: 2, per: 'day' }),
    frequency: 'hourly',
    baseUrl: origin.url,
    run: async ({ http, baseUrl }) => (await http.text({ url: `${baseUrl}/a` })).status,
  });
  const reading = component({ id: 'reading', dependsOn: { asking }, isolation: 'inline', run: async () => 1 });
  return defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [asking, reading] });
}

it('starts what was deferred when the quota has resumed, the newest slot of it, with what waited for it', async () => {
  const dag = twoADay();
  await rig.tick(dag, '2026-03-02T19:30:00Z');
  for (const hour of ['20', '21', '22', '23']) await rig.tick(dag, `2026-03-02T${hour}:00:10Z`);
  const deferred = await rig.story(dag);
  expect(deferred.filter((line) => line.startsWith('asking'))).toEqual([
    'asking 2026-03-02T22:00Z due quota_exhausted',
    'asking 2026-03-02T23:00Z due quota_exhausted',
  ]);
  const before = origin.requests.length;
  const { runs } = await rig.tick(dag, '2026-03-03T00:00:10Z');
  const said = runs.map(({ slot, trigger, summary }) => {
    const ends = summary.components.map(({ component: id, status }) => `${id} ${status}`);
    return [slot?.toISOString().slice(8, 13), trigger, ...ends].join(' ');
  });
  expect(said).toEqual([
    '02T23 retry asking success reading unchanged',
    '03T00 scheduled asking success reading unchanged',
  ]);
  expect(origin.requests.length - before).toBe(2);
  expect((await rig.story(dag)).filter((line) => line.includes(' due '))).toEqual([]);
});

describe('a slot of a backfill that was deferred', () => {
  /** Its second day finds no call left; the tick of the next day makes the run of that. */
  async function deferSecondDay(advances: boolean) {
    const asking = component({
      id: 'asking',
      isolation: 'inline',
      quota: quota(`q-${newId()}`, { limit: 1, per: 'day' }),
      baseUrl: origin.url,
      run: async ({ http, baseUrl, interval, sql }) => {
        await http.text({ url: `${baseUrl}/a` });
        const day = interval.end.toISOString();
        await (await sql()).stageRows('asked', [{ name: 'day', type: 'VARCHAR' }], [[day]]);
        return day;
      },
    });
    const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 0 * * *', components: [asking] });
    const ready = await readyDag(dag, rig.lent.config);
    rig.clock.set('2026-03-10T06:00:00Z');
    const span = { from: new Date('2026-03-01'), to: new Date('2026-03-02'), createdBy: 'somebody', advances };
    const { backfill } = await createBackfill(ready, span, rig.lent);
    await workBackfill(ready, { ...backfill, status: 'running', finishedAt: null, counts: {} }, {}, rig.lent);
    // At first sight of the schedule no slot of it is due.
    const { runs } = await rig.tick(dag, '2026-03-11T06:00:00Z');
    expect(runs).toMatchObject([{ trigger: 'backfill', slot: new Date('2026-03-02'), summary: { status: 'success' } }]);
    return { environment: 'dev', dag: dag.id };
  }

  it('moves what later runs go on from, when the backfill does', async () => {
    const scope = await deferSecondDay(true);
    const success = (await rig.state.memory.lastSuccesses(scope)).get('asking');
    expect(success).toMatchObject({ answeredUntil: new Date('2026-03-02'), output: '2026-03-02T00:00:00.000Z' });
    expect((await rig.state.history.newestVersion(scope, 'asked'))?.id).toBe(success?.datasets[0]?.id);
  });

  it('stays a slot of the past, when the backfill is one', async () => {
    const scope = await deferSecondDay(false);
    expect(await rig.state.memory.lastSuccesses(scope)).toEqual(new Map());
    expect(await rig.state.history.newestVersion(scope, 'asked')).toBeUndefined();
    expect(await rig.state.history.datasetVersions(scope, 'asked')).toHaveLength(2);
  });
});

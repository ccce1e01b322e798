import { component, type Dag, defineDag, quota } from 'signalbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

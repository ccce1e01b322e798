import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DataInterval } from '../../../../engine/model/context.ts';
import { newId } from '../../../../state/new-id.ts';
import { openTickRig, type TickRig } from '../../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
});
afterAll(() => rig.close());

it('a component works on the interval of its own schedule, else of the DAG, else on none', async () => {
  const seen: Record<string, string> = {};
  const noting = (id: string, when: { readonly cron?: string } = {}) =>
    component({
      ...when,
      id,
      isolation: 'inline',
      run: async ({ interval, run }) => {
        seen[id] = `${words(interval)} as of ${run.asOf.toISOString().slice(11, 16)}`;
      },
    });
  const daily = noting('daily', { cron: '0 6 * * *' });
  const dag = defineDag({ id: `dag-${newId()}`, schedule: '0 * * * *', components: [daily, noting('plain')] });
  await rig.tick(dag, '2026-03-02T09:30:00Z');
  await rig.tick(dag, '2026-03-02T10:20:00Z');
  expect(seen).toEqual({
    daily: '2026-03-01T06:00 to 2026-03-02T06:00 as of 10:00',
    plain: '2026-03-02T09:00 to 2026-03-02T10:00 as of 10:00',
  });
  rig.clock.set('2026-03-02T10:45:00Z');
  await rig.run(defineDag({ id: `dag-${newId()}`, components: [noting('alone')] }));
  expect(seen.alone).toBe('2026-03-02T10:45 to 2026-03-02T10:45 as of 10:45');
});

function words({ start, end }: DataInterval): string {
  return [start, end].map((instant) => instant.toISOString().slice(0, 16)).join(' to ');
}

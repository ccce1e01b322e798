import { component, defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readyDag } from '../../../engine/embed/ready-dag.ts';
import { planOnce, runOnce } from '../../../engine/embed/run-once.ts';
import { openTickRig, type TickRig } from '../../harness/tick-rig.ts';

let rig: TickRig;
beforeAll(async () => {
  rig = await openTickRig();
});
afterAll(() => rig.close());

const off = component({ id: 'off', enabled: false, isolation: 'inline', run: async () => 'ran' });
const after = component({
  id: 'after',
  dependsOn: { off },
  isolation: 'inline',
  run: async ({ inputs }) => inputs.off,
});
const dag = defineDag({ id: 'partly', components: [off, after] });

const ends = async (options: object) => {
  const { components } = await runOnce(await readyDag(dag, rig.lent.config), options, rig.lent);
  return components.map(({ status, reason }) => `${status} ${reason}`);
};

describe('what is disabled', () => {
  it('is left alone, also by force, unless it is included', async () => {
    const left = ['skipped disabled', 'upstream_failed upstream_never_succeeded'];
    expect(await ends({})).toEqual(left);
    expect(await ends({ force: true })).toEqual(left);
    const plan = await planOnce(await readyDag(dag, rig.lent.config), { includeDisabled: true }, rig.lent);
    expect(plan.components[0]).toMatchObject({ kind: 'certain', decision: { verdict: 'run', reason: 'first_run' } });
    expect(await ends({ includeDisabled: true })).toEqual(['success first_run', 'success first_run']);
  });
});

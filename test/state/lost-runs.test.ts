import { describe, expect, it } from 'vitest';
import type { Owner } from '../../engine/model/ports.ts';
import { newId } from '../../state/new-id.ts';
import { claimAll, makeRun, useScenario } from './scenario.ts';

const scenario = useScenario();

const begin = (environment: string) =>
  scenario().state.slots.beginTick({ environment, owner: newId(), host: 'here', startedAt: new Date() });

async function dyingOwner() {
  const { state } = scenario();
  const owner = await state.owners.register();
  return { owner, die: () => state.owners.retire(owner) };
}

const ofDead = (owner: Owner) => ({ state: scenario().state, owner });

describe('a tick ends what a killed engine has left running, although nobody else asks for its claims', () => {
  it('before it had claimed anything', async () => {
    const { state } = scenario();
    const { owner, die } = await dyingOwner();
    const run = await makeRun(ofDead(owner));
    await die();
    await begin('prd');
    const details = await state.history.run(run.id);
    expect(details).toMatchObject({ status: 'failed', reason: 'lost' });
    expect(details?.components).toMatchObject([{ component: 'a', status: 'cancelled', reason: 'run_lost' }]);
  });

  it('after its last component had ended', async () => {
    const { state } = scenario();
    const { owner, die } = await dyingOwner();
    const run = await makeRun(ofDead(owner));
    const { fences } = await claimAll(ofDead(owner), run);
    const [componentRunId = '', fence = 0] = [run.ids.get('a'), fences.get('a')];
    const end = { status: 'unchanged', reason: 'inputs_unchanged', finishedAt: new Date(), degraded: false } as const;
    await state.runs.endComponentRun({ owner: owner.id, componentRunId, fence, ...end });
    await die();
    await begin('prd');
    const details = await state.history.run(run.id);
    expect(details).toMatchObject({ status: 'failed', reason: 'lost' });
    expect(details?.components).toMatchObject([{ component: 'a', status: 'unchanged' }]);
  });

  it('and leaves what a living one does, and other environments', async () => {
    const { state, owner } = scenario();
    const living = await makeRun({ state, owner });
    const { owner: dead, die } = await dyingOwner();
    const elsewhere = await makeRun(ofDead(dead), { extras: { environment: 'dev' } });
    await die();
    await begin('prd');
    for (const { id } of [living, elsewhere]) expect(await state.history.run(id)).toMatchObject({ status: 'running' });
  });
});

import { describe, expect, it } from 'vitest';
import { claimAll, makeRun, startOf, useScenario } from './scenario.ts';

const scenario = useScenario();
const noon = new Date('2026-03-01T12:00:00Z');

async function dyingOwner() {
  const { state } = scenario();
  const owner = await state.owners.register();
  return { owner, die: () => state.owners.retire(owner) };
}

async function auditOf(dag: string) {
  const { database } = scenario().state;
  return database.selectFrom('audit').select(['who', 'at', 'action', 'details']).where('dag', '=', dag).execute();
}

describe('cancelling a run', () => {
  it('tells its living engine, keeps who asked first, and leaves one audit row', async () => {
    const { state, owner } = scenario();
    const run = await makeRun({ state, owner });
    expect(await state.runKeeper.isCancelled(run.id)).toBe(false);
    const first = { run: run.id, who: 'somebody', at: noon, reason: 'wrong day' };
    expect(await state.runKeeper.cancel(first)).toBe('asked');
    expect(await state.runKeeper.cancel({ run: run.id, who: 'another', at: new Date() })).toBe('asked');
    expect(await state.runKeeper.isCancelled(run.id)).toBe(true);
    expect(await state.history.run(run.id)).toMatchObject({
      status: 'running',
      cancel: { at: noon, by: 'somebody', reason: 'wrong day' },
    });
    const details = { run: run.id, reason: 'wrong day' };
    expect(await auditOf(run.dag)).toEqual([{ who: 'somebody', at: noon, action: 'run_cancel', details }]);
  });

  it('ends one whose engine is gone, with all that was open of it', async () => {
    const { state } = scenario();
    const { owner, die } = await dyingOwner();
    const run = await makeRun({ state, owner }, { components: ['begun', 'waits'] });
    const { fences } = await claimAll({ state, owner }, run);
    const componentRunId = run.ids.get('begun') ?? '';
    const start = startOf({ componentRunId, fence: fences.get('begun') ?? 0 }, owner);
    await state.runs.startAttempt(start);
    await die();
    expect(await state.runKeeper.cancel({ run: run.id, who: 'somebody', at: noon })).toBe('ended');
    expect(await state.history.run(run.id)).toMatchObject({
      status: 'cancelled',
      reason: 'cancelled',
      components: [
        { component: 'begun', status: 'cancelled', reason: 'cancelled', attempts: [{ status: 'lost' }] },
        { component: 'waits', status: 'cancelled', reason: 'cancelled', attempts: [] },
      ],
    });
    expect(await state.runKeeper.cancel({ run: run.id, who: 'somebody', at: noon })).toBe('over');
    expect(await auditOf(run.dag)).toHaveLength(1);
  });

  it('leaves alone one that has ended', async () => {
    const { state, owner } = scenario();
    const run = await makeRun({ state, owner });
    await state.runs.finishRun({ owner: scenario().owner.id, id: run.id, status: 'success', finishedAt: noon });
    expect(await state.runKeeper.cancel({ run: run.id, who: 'somebody', at: noon })).toBe('over');
    expect(await state.history.run(run.id)).toMatchObject({ status: 'success', cancel: null });
    expect(await auditOf(run.dag)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Owner } from '../../engine/model/ports.ts';
import { claimAll, finishOf, makeRun, startOf, useScenario } from './scenario.ts';

const scenario = useScenario();

async function dyingOwner() {
  const { state } = scenario();
  const owner = await state.owners.register();
  return { owner, die: () => state.owners.retire(owner) };
}

const ofDead = (owner: Owner) => ({ state: scenario().state, owner });
const deadRuns = (dag: string) => scenario().state.adoption.deadRuns('prd', dag);

describe('a run whose engine is gone', () => {
  it('is found, also when nothing of it was begun, and is left alone while its engine lives', async () => {
    const { owner, die } = await dyingOwner();
    const run = await makeRun(ofDead(owner));
    expect(await deadRuns(run.dag)).toEqual([]);
    await die();
    expect(await deadRuns(run.dag)).toMatchObject([{ id: run.id, engine: { id: owner.id }, endedBy: 'retired' }]);
    expect(await scenario().state.adoption.deadRuns('dev', run.dag)).toEqual([]);
  });

  it('is adopted under new fences, with what was at work up for another try', async () => {
    const { state, owner: heir } = scenario();
    const { owner, die } = await dyingOwner();
    const run = await makeRun(ofDead(owner), { components: ['done', 'begun', 'waits'] });
    const { fences } = await claimAll(ofDead(owner), run);
    const started = ['done', 'begun'].map((component) =>
      startOf({ componentRunId: run.ids.get(component) ?? '', fence: fences.get(component) ?? 0 }, owner),
    );
    for (const start of started) await state.runs.startAttempt(start);
    const [done, begun] = started;
    if (!done || !begun) throw new Error('expected two attempts');
    await state.runs.finishAttempt(finishOf(done));
    await die();

    const [dead] = await deadRuns(run.dag);
    if (!dead) throw new Error('expected a dead run');
    const adopted = await state.adoption.adopt(dead, heir.id, new AbortController().signal);
    expect(adopted).toMatchObject([
      { component: 'done', attempts: ['success'], end: { status: 'success', published: { output: { rows: 1 } } } },
      { component: 'begun', attempts: ['lost'], decision: { verdict: 'run', reason: 'first_run' } },
      { component: 'waits', attempts: [] },
    ]);
    expect(adopted?.filter(({ end }) => end)).toHaveLength(1);
    expect(await state.adoption.adopt(dead, heir.id, new AbortController().signal)).toBeUndefined();
    expect(await deadRuns(run.dag)).toEqual([]);

    const late = { owner: owner.id, finishedAt: new Date() };
    const waits = run.ids.get('waits') ?? '';
    expect(await state.runs.finishAttempt(finishOf(begun))).toBe(false);
    expect(
      await state.runs.startAttempt(startOf({ componentRunId: waits, fence: fences.get('waits') ?? 0 }, owner)),
    ).toBe(false);
    const skip = { componentRunId: waits, status: 'skipped', reason: 'not_due', degraded: false } as const;
    expect(await state.runs.endComponentRun({ ...skip, ...late })).toBe(false);
    expect(await state.runs.finishRun({ id: run.id, status: 'failed', refused: 3, ...late })).toBe(false);
    const { isTakenOver } = await claimAll(ofDead(owner), run);
    expect(isTakenOver).toBe(true);
    const row = state.database.selectFrom('owner').select('refused').where('id', '=', owner.id);
    expect(await row.executeTakeFirst()).toEqual({ refused: 4 });
    expect(await state.runs.endComponentRun({ ...skip, ...late, owner: heir.id })).toBe(true);
  });

  it('is ended with a reason when nobody can go on with it', async () => {
    const { state } = scenario();
    const { owner, die } = await dyingOwner();
    const run = await makeRun(ofDead(owner));
    await die();
    const [dead] = await deadRuns(run.dag);
    if (!dead) throw new Error('expected a dead run');
    await state.adoption.endLost(dead, 'its DAG has changed since');
    const details = await state.history.run(run.id);
    expect(details).toMatchObject({ status: 'failed', reason: 'lost' });
    expect(details?.components).toMatchObject([{ component: 'a', status: 'cancelled', reason: 'run_lost' }]);
  });
});

import { describe, expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';
import { finishOf, makeClaimed, startOf, successOf, useScenario } from './scenario.ts';

const scenario = useScenario();
const noon = new Date('2026-03-01T12:00:00Z');

function requestOf(dag: string) {
  return { environment: 'prd', dag, component: 'a', who: 'somebody', at: noon };
}

const lastOf = async (dag: string) =>
  (await scenario().state.memory.lastSuccesses({ environment: 'prd', dag })).get('a');

const auditOf = (dag: string) => scenario().state.history.audit({ environment: 'prd', dag }, 'a', 10);

/** A success of component `a`, answering for 1 March. */
async function succeed(dag = `dag-${newId()}`): Promise<string> {
  const { state, owner } = scenario();
  const claimed = await makeClaimed(scenario(), { dag, extras: { asOf: new Date('2026-03-01') } });
  const start = startOf(claimed, owner);
  await state.runs.startAttempt(start);
  const evidence = [{ source: 'feed', parts: [{ digest: 'x', sha256: 'x', bytes: 1, notModified: false }] }];
  await state.runs.finishAttempt(finishOf(start, { success: successOf({ evidence }) }));
  return dag;
}

describe('reset', () => {
  it('forgets the success and its evidence, and says who did it', async () => {
    const dag = await succeed();
    expect(await scenario().state.keeper.reset(requestOf(dag))).toBe('changed');
    expect(await lastOf(dag)).toBeUndefined();
    expect(await auditOf(dag)).toEqual([{ at: noon, who: 'somebody', action: 'state_reset' }]);
    await succeed(dag);
    expect(await lastOf(dag)).toMatchObject({ answeredUntil: new Date('2026-03-01') });
  });
});

describe('touch', () => {
  it('answers every slot up to now, and keeps what is known', async () => {
    const dag = await succeed();
    const before = await lastOf(dag);
    expect(await scenario().state.keeper.touch(requestOf(dag))).toBe('changed');
    expect(await lastOf(dag)).toEqual({ ...before, answeredUntil: noon });
    expect(await scenario().state.keeper.touch(requestOf(dag))).toBe('changed');
    expect(await auditOf(dag)).toHaveLength(2);
  });

  it('has nothing to go on from where nothing ever succeeded', async () => {
    const dag = `dag-${newId()}`;
    expect(await scenario().state.keeper.touch(requestOf(dag))).toBe('unknown');
    expect(await scenario().state.keeper.reset(requestOf(dag))).toBe('unknown');
    expect(await auditOf(dag)).toEqual([]);
  });
});

describe.each(['reset', 'touch'] as const)('%s', (change) => {
  it('waits for a run that is at work, and its end counts', async () => {
    const dag = await succeed();
    const { state, owner } = scenario();
    const held = await makeClaimed(scenario(), { dag });
    expect(await state.keeper[change](requestOf(dag))).toBe('held');
    expect(await auditOf(dag)).toEqual([]);
    const start = startOf(held, owner);
    await state.runs.startAttempt(start);
    expect(await state.runs.finishAttempt(finishOf(start))).toBe(true);
    expect(await state.keeper[change](requestOf(dag))).toBe('changed');
  });

  it('ends a run whose process is gone; what that still has to say changes nothing', async () => {
    const dag = await succeed();
    const { state } = scenario();
    const dead = await state.owners.register();
    const held = await makeClaimed({ state, owner: dead }, { dag });
    const start = startOf(held, dead);
    await state.runs.startAttempt(start);
    await state.owners.retire(dead);
    expect(await state.keeper[change](requestOf(dag))).toBe('changed');
    const kept = await lastOf(dag);
    expect(await state.runs.finishAttempt(finishOf(start, { success: successOf({ outputDigest: 'late' }) }))).toBe(
      false,
    );
    expect(await lastOf(dag)).toEqual(kept);
    expect(await state.history.run(held.run.id)).toMatchObject({
      status: 'failed',
      reason: 'lost',
      components: [{ status: 'failed', attempts: [{ status: 'lost' }] }],
    });
  });
});

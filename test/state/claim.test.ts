import { describe, expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';
import {
  claimAll,
  finishOf,
  makeClaimed,
  makeRun,
  openAt,
  startOf,
  statusOf,
  tracesOf,
  useScenario,
} from './scenario.ts';

const scenario = useScenario();
const dagName = () => `dag-${newId()}`;

describe('a fence', () => {
  it('that is not the claim’s is refused and leaves no trace', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const id = claimed.componentRunId;
    const stale = { ...claimed, fence: claimed.fence - 1 };
    expect(await state.runs.startAttempt(startOf(stale, owner))).toBe(false);
    const end = { status: 'skipped', reason: 'not_due', finishedAt: new Date(), degraded: false } as const;
    const decision = { verdict: 'skip', reason: 'not_due', checks: [] } as const;
    expect(
      await state.runs.endComponentRun({
        owner: scenario().owner.id,
        componentRunId: id,
        fence: stale.fence,
        decision,
        ...end,
      }),
    ).toBe(false);
    expect(await statusOf(scenario(), id)).toBe('pending');
    expect(await tracesOf(scenario(), id)).toEqual({ attempts: 0, decisions: 0, evidence: 0, datasets: 0 });
  });

  it('grows with each claim of the component', async () => {
    const dag = dagName();
    const fences: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const claimed = await makeClaimed(scenario(), { dag });
      fences.push(claimed.fence);
      const start = startOf(claimed, scenario().owner);
      await scenario().state.runs.startAttempt(start);
      await scenario().state.runs.finishAttempt(finishOf(start));
    }
    expect(fences).toEqual([1, 2, 3]);
  });

  it('is needed to start: without a claim nothing begins', async () => {
    const { state, owner } = scenario();
    const run = await makeRun(scenario());
    const componentRunId = run.ids.get('a') ?? '';
    expect(await state.runs.startAttempt(startOf({ componentRunId, fence: 1 }, owner))).toBe(false);
  });
});

describe('a claim', () => {
  it('that is held names the run that holds it', async () => {
    const dag = dagName();
    const holder = await makeClaimed(scenario(), { dag });
    const late = await makeRun(scenario(), { dag });
    const { fences, heldBy } = await claimAll(scenario(), late);
    expect(fences.size).toBe(0);
    expect([...heldBy]).toEqual([['a', holder.run.id]]);
  });

  it('asked for again by its holder is answered with the same fence', async () => {
    const claimed = await makeClaimed(scenario());
    const { fences } = await claimAll(scenario(), claimed.run);
    expect([...fences]).toEqual([['a', claimed.fence]]);
  });

  it('is free once the component run has ended, however it ended', async () => {
    const { state } = scenario();
    const dag = dagName();
    const { componentRunId } = await makeClaimed(scenario(), { dag });
    const end = { status: 'cancelled', reason: 'cancelled', finishedAt: new Date(), degraded: false } as const;
    await state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, ...end });
    const { fences } = await claimAll(scenario(), await makeRun(scenario(), { dag }));
    expect([...fences]).toEqual([['a', 2]]);
  });

  it('is free once its run has ended', async () => {
    const dag = dagName();
    const { run } = await makeClaimed(scenario(), { dag });
    await scenario().state.runs.finishRun({
      owner: scenario().owner.id,
      id: run.id,
      status: 'cancelled',
      finishedAt: new Date(),
    });
    const { fences } = await claimAll(scenario(), await makeRun(scenario(), { dag }));
    expect(fences.get('a')).toBe(2);
  });

  it('of several is all or none, or what is free, as asked', async () => {
    const dag = dagName();
    await makeClaimed(scenario(), { dag, components: ['a'] });
    const late = await makeRun(scenario(), { dag, components: ['a', 'b'] });
    expect((await claimAll(scenario(), late, true)).fences.size).toBe(0);
    const { fences, heldBy } = await claimAll(scenario(), late, false);
    expect([...fences]).toEqual([['b', 1]]);
    expect([...heldBy.keys()]).toEqual(['a']);
  });

  it('goes to exactly one of many that ask at once', async () => {
    const dag = dagName();
    const other = { state: await openAt(scenario().database), owner: scenario().owner };
    try {
      const runs = await Promise.all(Array.from({ length: 8 }, () => makeRun(scenario(), { dag })));
      const answers = await Promise.all(runs.map((run, index) => claimAll(index % 2 ? other : scenario(), run)));
      const winners = runs.filter((_, index) => answers[index]?.fences.size === 1);
      expect(winners).toHaveLength(1);
      const refused = answers.filter(({ fences }) => fences.size === 0);
      expect(refused.map(({ heldBy }) => heldBy.get('a'))).toEqual(refused.map(() => winners[0]?.id));
    } finally {
      await other.state.close();
    }
  });
});

describe('a run whose owner is gone', () => {
  const gone = {
    'has retired': { retired_at: new Date(), ended_by: 'retired' as const },
    'let its lease run out': { lease_until: new Date(Date.now() - 1_000) },
  };

  it.each(Object.entries(gone))('because it %s is ended when its claim is taken over', async (_, change) => {
    const { state } = scenario();
    const dag = dagName();
    const dead = { state, owner: await state.owners.register() };
    const run = await makeRun(dead, { dag, components: ['a', 'b', 'c'] });
    const { fences } = await claimAll(dead, run);
    const start = (component: string) => {
      const componentRunId = run.ids.get(component) ?? '';
      return startOf({ componentRunId, fence: fences.get(component) ?? 0 }, dead.owner);
    };
    const [startA, startB] = [start('a'), start('b')];
    await Promise.all([state.runs.startAttempt(startA), state.runs.startAttempt(startB)]);
    await state.runs.finishAttempt(finishOf(startB));
    await state.database.updateTable('owner').set(change).where('id', '=', dead.owner.id).execute();

    const next = await makeRun(scenario(), { dag, components: ['a'] });
    expect((await claimAll(scenario(), next)).fences.get('a')).toBe(2);
    expect(await state.runs.finishAttempt(finishOf(startA))).toBe(false);
    const details = await state.history.run(run.id);
    expect(details).toMatchObject({ status: 'failed', reason: 'lost' });
    expect(details?.components).toMatchObject([
      { component: 'a', status: 'failed', failure: { class: 'lost' }, attempts: [{ status: 'lost' }] },
      { component: 'b', status: 'success' },
      { component: 'c', status: 'cancelled', reason: 'run_lost' },
    ]);
  });
});

import { expect, it } from 'vitest';
import { newId } from '../../state/new-id.ts';
import { claimAll, makeRun, useScenario } from './scenario.ts';

const scenario = useScenario();
const slot = new Date('2026-03-01T09:00:00Z');
const day = (date: number) => new Date(Date.UTC(2026, 2, date));

/** A run for the slot in which component `a` is deferred until the day after, and given up a week later. */
async function defer(dag: string, now: Date, extras: object = {}) {
  const { state } = scenario();
  const terms = { asOf: slot, slot, answersSlots: true, trigger: 'backfill' as const, advances: false };
  const run = await makeRun(scenario(), { dag, extras: { ...terms, ...extras } });
  const { fences } = await claimAll(scenario(), run);
  const [componentRunId = '', fence = 0] = [run.ids.get('a'), fences.get('a')];
  const [notBefore, deadline] = [1, 8].map((days) => new Date(now.getTime() + days * 86_400_000)) as [Date, Date];
  const end = { status: 'deferred', reason: 'quota_exhausted', finishedAt: now, degraded: false } as const;
  expect(
    await state.runs.endComponentRun({
      owner: scenario().owner.id,
      componentRunId,
      fence,
      ...end,
      reopen: { notBefore, deadline },
    }),
  ).toBe(true);
  await state.runs.finishRun({ owner: scenario().owner.id, id: run.id, status: 'success', finishedAt: now });
  return run;
}

const scopeOf = (dag: string) => ({ environment: 'prd', dag });
const open = (dag: string) => scenario().state.slots.open(scopeOf(dag));

it('a slot that was answered long ago and is deferred in a later backfill has a deadline of its own', async () => {
  const dag = `dag-${newId()}`;
  await defer(dag, day(2));
  const again = { slot, asOf: slot, takes: ['a'], trigger: 'backfill', advances: false } as const;
  const { id } = await makeRun(scenario(), { dag, extras: again });
  await scenario().state.runs.finishRun({ owner: scenario().owner.id, id, status: 'success', finishedAt: day(3) });
  await defer(dag, day(20));
  expect(await open(dag)).toMatchObject([{ slot, notBefore: day(21), deadline: day(28) }]);
});

it('a slot that was given up, and is deferred in a later backfill, is open again', async () => {
  const dag = `dag-${newId()}`;
  await defer(dag, day(2));
  await scenario().state.slots.close({ slots: await open(dag), status: 'missed', reason: 'deadline', evidence: {} });
  await defer(dag, day(20));
  expect(await open(dag)).toMatchObject([{ slot, notBefore: day(21), deadline: day(28) }]);
});

it('a slot that is deferred again by the very run that was made for it keeps its first deadline', async () => {
  const dag = `dag-${newId()}`;
  await defer(dag, day(2));
  await defer(dag, day(3), { takes: ['a'] });
  expect(await open(dag)).toMatchObject([{ slot, notBefore: day(4), deadline: day(10) }]);
});

it.each([true, false])('a slot of a backfill stays one, and advances if that does: %s', async (advances) => {
  const dag = `dag-${newId()}`;
  await defer(dag, day(2), { advances });
  expect(await open(dag)).toMatchObject([{ trigger: 'backfill', advances }]);
});

it('a slot of a run that tries a backfill again is one of a backfill, too', async () => {
  const dag = `dag-${newId()}`;
  await defer(dag, day(2), { trigger: 'retry' });
  expect(await open(dag)).toMatchObject([{ trigger: 'backfill', advances: false }]);
});

it.each(['backfill first', 'live first'])('one row for a backfill and for what is live is live: %s', async (order) => {
  const dag = `dag-${newId()}`;
  const live = { trigger: 'scheduled', advances: true } as const;
  await defer(dag, day(2), order === 'live first' ? live : {});
  await defer(dag, day(3), order === 'live first' ? {} : live);
  expect(await open(dag)).toMatchObject([{ trigger: 'retry', advances: true }]);
});

it('says by which run it was deferred', async () => {
  const dag = `dag-${newId()}`;
  const { id } = await defer(dag, day(2));
  const rows = await scenario().state.database.selectFrom('slot').select('evidence').where('dag', '=', dag).execute();
  expect(rows).toEqual([{ evidence: { deferredBy: id } }]);
});

import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { claimAll, datasetOf, finishOf, makeRun, openAt, startOf, successOf, useScenario } from './scenario.ts';

const scenario = useScenario();

/** Ends every connection of the writer under test, as a restart of the server or a network would. */
async function cut(admin: Client): Promise<void> {
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'signalbox writer'`);
}

describe('a connection that is cut again and again', () => {
  it('neither loses nor doubles a transition, and every caller hears what is on record', async () => {
    const { database, owner } = scenario();
    const state = await openAt(database);
    const admin = new Client(database.config);
    await admin.connect();
    try {
      const components = Array.from({ length: 250 }, (_, index) => `c${index}`);
      const run = await makeRun({ state, owner }, { components });
      const { fences } = await claimAll({ state, owner }, run);
      let done = 0;
      const work = [...run.ids].map(async ([component, componentRunId], index) => {
        const start = startOf({ componentRunId, fence: fences.get(component) ?? 0 }, owner);
        const finish = finishOf(start, {
          success: successOf({ datasets: [datasetOf(run, componentRunId, 'stops')] }),
        });
        // Half of them share a commit between start and finish, the others do not, so that both kinds are cut.
        const started = state.runs.startAttempt(start);
        const isStarted = index % 2 === 0 || (await started);
        const isFinished = await state.runs.finishAttempt(finish);
        done += 1;
        return [isStarted && (await started), isFinished];
      });
      const all = Promise.all(work);
      let cuts = 0;
      while (done < components.length && cuts < 25) {
        await cut(admin);
        cuts += 1;
      }
      expect(await all).toEqual(components.map(() => [true, true]));
      expect(cuts).toBeGreaterThan(0);
      const [row] = await state.history.listRuns({ dag: run.dag });
      expect(row?.counts).toEqual({ success: components.length });
      const [rows] = await state.sql(`
        select count(*), count(distinct a.component_run_id), (select count(*) from dataset_version where dag = '${run.dag}')
        from attempt a join component_run c on c.id = a.component_run_id where c.run_id = '${run.id}'`);
      expect(rows?.rows).toEqual([[components.length, components.length, components.length]]);
    } finally {
      await admin.end();
      await state.close();
    }
  });

  it('leaves a run and its claims as they are when they are asked for again', async () => {
    const { database, owner } = scenario();
    const state = await openAt(database);
    const admin = new Client(database.config);
    await admin.connect();
    try {
      for (let round = 0; round < 10; round += 1) {
        const making = makeRun({ state, owner }, { components: ['a', 'b'] });
        await cut(admin);
        const run = await making;
        const claiming = claimAll({ state, owner }, run);
        await cut(admin);
        expect([...(await claiming).fences.values()]).toEqual([1, 1]);
        const end = { id: run.id, owner: owner.id, status: 'success', finishedAt: new Date() } as const;
        const finishing = state.runs.finishRun(end);
        await cut(admin);
        expect(await finishing).toBe(true);
        expect((await state.history.listRuns({ dag: run.dag })).map(({ counts }) => counts)).toEqual([{ pending: 2 }]);
      }
    } finally {
      await admin.end();
      await state.close();
    }
  });
});

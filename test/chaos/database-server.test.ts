import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defineDag } from 'signalbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { embeddedLayout } from '../../state/embedded/layout.ts';
import { readPostmasterFile } from '../../state/embedded/postmaster-file.ts';
import { drivable } from '../harness/run-drivable.ts';
import { death } from '../harness/run-processes.ts';
import { openRunRig, type RunRig } from '../harness/run-rig.ts';
import { temporaryRoot } from '../harness/temporary-root.ts';
import { worries } from '../harness/worries.ts';

const deadlines = { connectMs: 1_000, writeMs: 300, answerMs: 100, endMs: 50, retryMs: 1, tellMs: 0 };
const heard = worries();

let home: string;
let rig: RunRig;
let dags = 0;

beforeAll(async () => {
  home = await mkdtemp(join(temporaryRoot(), 'signalbox-server-'));
  rig = await openRunRig({ open: () => Promise.resolve({ home, deadlines, onTrouble: heard.listener }) });
});
afterAll(async () => {
  await rig?.close();
  await rm(home, { recursive: true, force: true });
});

async function atWork() {
  const work = drivable('work');
  const after = drivable('after', { dependsOn: { work: work.handle } });
  dags += 1;
  const run = rig.start(defineDag({ id: `server-${dags}`, components: [work.handle, after.handle] }));
  const invocation = await work.next();
  await run.event('attempt_started');
  return { run, invocation, after };
}

function postmaster(): number {
  const pid = readPostmasterFile(embeddedLayout(home))?.pid;
  if (pid === undefined) throw new Error('the server has no postmaster.pid');
  return pid;
}

/** Those of the connection on which is recorded. */
async function backends(): Promise<readonly number[]> {
  const [result] = await rig.state.sql("select pid from pg_stat_activity where application_name = 'signalbox writer'");
  return result?.rows.map(([pid]) => Number(pid)) ?? [];
}

async function attemptsOf(runId: string): Promise<unknown> {
  const [result] = await rig.state.sql(
    `select a.status, count(*) from attempt a join component_run c on c.id = a.component_run_id
     where c.run_id = '${runId}' group by 1`,
  );
  return result?.rows;
}

describe('a server', () => {
  it.each([
    ['shut down at once', 'SIGQUIT'],
    ['stopped', 'SIGINT'],
    ['killed', 'SIGKILL'],
  ] as const)(
    'that is %s under a run is started anew, and what was done meanwhile is recorded once',
    async (_, signal) => {
      const { run, invocation, after } = await atWork();
      const before = postmaster();
      const serving = [before, ...(await backends())];
      process.kill(before, signal);
      await Promise.all(serving.map(death));
      invocation.succeed({ rows: 1 });
      (await after.next()).succeed({ rows: 2 });
      const summary = await run.summary;
      expect(postmaster()).not.toBe(before);
      expect(summary.status).toBe('success');
      expect(await attemptsOf(summary.runId)).toEqual([['success', 2]]);
    },
  );

  it('whose process stands still and goes on later records nothing twice', async () => {
    const { run, invocation, after } = await atWork();
    const [writer = 0] = await backends();
    process.kill(writer, 'SIGSTOP');
    invocation.succeed({ rows: 1 });
    (await after.next()).succeed({ rows: 2 });
    process.kill(writer, 'SIGCONT');
    const summary = await run.summary;
    expect(await attemptsOf(summary.runId)).toEqual([['success', 2]]);
  });
});

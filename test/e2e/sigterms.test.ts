import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { livingBearers } from '../../engine/run/children/process-table.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import { randomOf, untilLines } from '../harness/random-moment.ts';

/** With TEST_DEEP=1 all of them; the moments of a run in this process are in `test/engine/run/stops.test.ts`. */
const moments = process.env.TEST_DEEP === '1' ? 40 : 6;
const seed = Number(process.env.TEST_SEED ?? 20_261_121);

let project: EndToEndProject;

beforeAll(async () => {
  project = await endToEndProject({ project: 'author', env: { SIGNALBOX_GRACE: '200ms' }, holdServer: true });
  project.write(
    'dags/moments.ts',
    `import { component, defineDag } from 'signalbox';

const brief = (id: string, dependsOn = {}) => component({ id, dependsOn, run: async () => id });
const endless = component({ id: 'endless', run: () => new Promise<never>(() => setInterval(() => {}, 60_000)) });
const first = ['a', 'b', 'c'].map((id) => brief(id));
const second = ['d', 'e', 'f'].map((id, index) => brief(id, { up: first[index], ...(index > 0 && { other: first[0] }) }));
const last = ['g', 'h'].map((id, index) => brief(id, { up: second[index] }));
export default defineDag({ id: 'moments', concurrency: 3, components: [endless, ...first, ...second, ...last] });
`,
  );
});
afterAll(() => project.remove());

/** What such a run writes: it begins, eight components begin and end, and one begins. */
const linesOfRun = 26;

async function recordOf(runId: string) {
  const [run] = await project.rows<{ status: string; open: number; attempts: Date[] }>(
    `select r.status,
       (select count(*)::int from component_run c left join attempt a on a.component_run_id = c.id
        where c.run_id = r.id and (c.finished_at is null or (a.id is not null and a.finished_at is null))) as open,
       (select coalesce(array_agg(a.started_at), '{}') from component_run c join attempt a on a.component_run_id = c.id
        where c.run_id = r.id) as attempts
     from run r where r.id = $1`,
    [runId],
  );
  return run;
}

describe('SIGTERM at a random moment of a run', () => {
  it.each(Array.from({ length: moments }, (_, index) => index))(
    'moment %i: the run ends on record with 143, no attempt begins after it, and no process is left',
    { timeout: 60_000 },
    async (index) => {
      const random = randomOf(seed + index);
      const mark = join(project.home, `moment-${index}`);
      mkdirSync(mark);
      const engine = project.start(['run', '--dag', 'moments', '--force', '--output', 'json'], { TMPDIR: mark });
      await untilLines(engine, 1 + Math.floor(random() * linesOfRun));
      for (let turns = Math.floor(random() * 500); turns > 0; turns -= 1) await turn();
      engine.kill('SIGTERM');
      await engine.line(/SIGTERM: nothing more begins/);
      const heardAt = new Date();
      const { exit, summary } = toldRun(await engine.exit);
      expect({ code: exit.code, status: summary.status }).toEqual({ code: 143, status: 'cancelled' });
      const record = await recordOf(summary.runId);
      expect(record).toMatchObject({ status: 'cancelled', open: 0 });
      expect(record?.attempts.filter((startedAt) => startedAt > heardAt)).toEqual([]);
      expect(livingBearers(mark)).toEqual([]);
    },
  );
});

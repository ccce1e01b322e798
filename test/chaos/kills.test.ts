import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { livingBearers } from '../../engine/run/children/process-table.ts';
import { type EndToEndProject, endToEndProject, toldRun } from '../harness/e2e-project.ts';
import { randomOf, untilLines } from '../harness/random-moment.ts';

/** With TEST_DEEP=1 all of them. */
const kills = process.env.TEST_DEEP === '1' ? 60 : 6;
const seed = Number(process.env.TEST_SEED ?? 20_261_121);

/** What a run writes: it begins, six components begin, succeed and end. A killed one comes before it. */
const linesOfRun = 26;

let project: EndToEndProject;

beforeAll(async () => {
  project = await endToEndProject({ project: 'author', holdServer: true });
  mkdirSync(mark());
  project.write(
    'dags/battered.ts',
    `import { component, defineDag } from 'signalbox';

const published = (id: string, table: string) => component({ id, run: async ({ sql, run }) => {
  await (await sql()).stageRows(table, [{ name: 'run', type: 'VARCHAR' }], [[run.id]]);
  return run.id;
} });
const first = published('first', 'firsts');
const second = published('second', 'seconds');
const brief = component({ id: 'brief', dependsOn: { first }, run: async ({ run }) => run.id });
const inline = component({ id: 'inline', isolation: 'inline', dependsOn: { second }, run: async ({ run }) => run.id });
const parallel = component({ id: 'parallel', run: async ({ run }) => run.id });
const last = component({ id: 'last', dependsOn: { brief, inline, parallel }, run: async ({ inputs }) => inputs });
export default defineDag({ id: 'battered', concurrency: 3, components: [first, second, parallel, brief, inline, last] });
`,
  );
});
afterAll(() => project.remove());

const start = () => project.start(['run', '--dag', 'battered', '--force', '--output', 'json'], { TMPDIR: mark() });
const mark = () => join(project.home, 'marked');

it(`${kills} engines are killed at random moments: each run goes on, and nothing is lost, doubled or left`, {
  timeout: 600_000,
}, async () => {
  const random = randomOf(seed);
  for (let killed = 0; killed < kills; ) {
    const engine = start();
    await untilLines(engine, Math.floor(random() * linesOfRun));
    engine.kill('SIGKILL');
    if ((await engine.exit).signal === 'SIGKILL') killed += 1;
  }
  const { exit, summary } = toldRun(await start().exit);
  expect({ code: exit.code, counts: summary.counts }).toEqual({ code: 0, counts: { success: 6 } });
  const runs = await project.rows<{ status: string; runs: number }>(
    'select status, count(*)::int as runs from run group by status',
  );
  expect(runs).toEqual([{ status: 'success', runs: expect.any(Number) }]);
  const versions = await project.rows<{ dataset: string; versions: number; runs: number }>(
    `select dataset, count(*)::int as versions, count(distinct component_run_id)::int as runs
     from dataset_version group by dataset order by dataset`,
  );
  const each = { versions: runs[0]?.runs, runs: runs[0]?.runs };
  expect(versions).toEqual([
    { dataset: 'firsts', ...each },
    { dataset: 'seconds', ...each },
  ]);
  expect(await project.violations('sandbox')).toEqual([]);
  expect(livingBearers(mark())).toEqual([]);
});

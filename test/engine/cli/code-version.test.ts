import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunSummary } from '../../../engine/model/summary.ts';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;

/** Both read what never moves; only `counted` says that its code counts. */
const dagOf = (helper: string) => `import { component, defineDag } from 'signalbox';
import { say } from './${helper}.ts';

const own = { isolation: 'inline', sources: () => [{ kind: 'custom', id: 'none', probe: async () => 1 }] };
const counted = component({ ...own, id: 'counted', version: 'code', run: async () => say() });
const fixed = component({ ...own, id: 'fixed', version: '1', run: async () => say() });
const after = component({ id: 'after', isolation: 'inline', dependsOn: { counted }, run: async () => null });
export default defineDag({ id: 'coded', components: [counted, fixed, after] });
`;

async function reasons(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await project.engine(['run', '--dag', 'coded', '--output', 'json']);
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunSummary;
  return Object.fromEntries(summary.components.map(({ component, reason }) => [component, reason]));
}

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/coded.ts', dagOf('help'));
  project.write('dags/help.ts', `export const say = () => 'one';\n`);
});
afterAll(() => project.remove());

it('a change of code runs what declares that it counts, and what follows only if that makes something else', async () => {
  expect(await reasons()).toEqual({ counted: 'first_run', fixed: 'first_run', after: 'first_run' });
  expect(await reasons()).toEqual({
    counted: 'inputs_unchanged',
    fixed: 'inputs_unchanged',
    after: 'inputs_unchanged',
  });
  project.write('dags/help.ts', `export const say = () => ['o', 'ne'].join('');\n`);
  expect(await reasons()).toEqual({
    counted: 'definition_changed',
    fixed: 'inputs_unchanged',
    after: 'inputs_unchanged',
  });
  expect(await reasons()).toMatchObject({ counted: 'inputs_unchanged' });
  project.write('dags/help.ts', `export const say = () => 'two';\n`);
  expect(await reasons()).toMatchObject({ counted: 'definition_changed', after: 'upstream_changed' });
});

it('a tick knows versions by code as a run does', async () => {
  project.write('dags/coded.ts', dagOf('help').replace(`id: 'coded',`, `id: 'coded', schedule: '* * * * *',`));
  await project.engine(['run', '--dag', 'coded', '--env', 'dev']);
  await project.engine(['tick', '--env', 'dev']);
  const database = new Client({ connectionString: project.databaseUrl });
  await database.connect();
  try {
    // As if a minute had passed since the tick has seen the schedule for the first time.
    await database.query(`update signalbox.schedule set watermark = watermark - interval '2 minutes'`);
    await project.engine(['tick', '--env', 'dev']);
    const { rows } = await database.query<{ reason: string }>(
      `select d.reason from signalbox.decision d join signalbox.component_run c on c.id = d.component_run_id
       join signalbox.run r on r.id = c.run_id where r.trigger = 'scheduled' and c.component = 'counted'`,
    );
    expect(rows).toEqual([{ reason: 'inputs_unchanged' }]);
  } finally {
    await database.end();
  }
});

import { join, relative } from 'node:path';
import { type ComponentHandle, component, defineDag } from 'signalbox';
import { projectRoot } from '../harness/arguments.ts';
import { interleave, timed, usualRounds } from '../harness/measure.ts';
import { createProject } from '../harness/project.ts';
import { reportTimings } from '../harness/report.ts';
import { fan } from '../harness/shape.ts';
import { openTestBed } from '../harness/test-bed.ts';

/** Runs in which nothing has changed. */
await benchUnchanged();
await benchTransit();

/** One component that always runs and says the same, and a thousand that read nothing but that. */
async function benchUnchanged(): Promise<void> {
  const bed = await openTestBed();
  const shape = fan(1_000);
  const handles = new Map<string, ComponentHandle>();
  for (const { id, upstreams } of shape.nodes) {
    const dependsOn = Object.fromEntries(upstreams.map((up) => [up, handles.get(up) as ComponentHandle]));
    handles.set(id, component({ id, dependsOn, isolation: 'inline', run: async () => null }));
  }
  const ready = bed.ready(defineDag({ id: 'unchanged', components: [...handles.values()] }));
  await bed.run(ready);
  const counts: unknown[] = [];
  const timings = await interleave(
    [
      { name: 'engine inline, all run', round: () => timed(() => bed.run(ready)) },
      {
        name: 'engine inline, unchanged',
        round: () => timed(async () => counts.push((await bed.run(ready, { forced: false })).counts)),
      },
    ],
    usualRounds,
  );
  reportTimings('rerun', '1,002 components', timings, (subject) =>
    subject.endsWith('unchanged') ? { counts: counts.at(-1) } : {},
  );
  await bed.close();
}

/** Whole processes, with the sandbox's origin started and stopped in each; the sources answer 304. */
async function benchTransit(): Promise<void> {
  const project = createProject();
  const transit = relative(join(project.folder, 'dags'), join(projectRoot, 'dags', 'transit.ts'));
  project.writeDag('transit', `export { default } from '${transit}';\n`);
  const server = await project.holdServer();
  const run = async (...flags: readonly string[]) => {
    const variables = { SIGNALBOX_SANDBOX_DATE: '2026-03-02' };
    const args = ['run', '--dag', 'transit', '--output', 'json', ...flags];
    const { stdout, ms } = await project.engine(args, { variables });
    counts.set(flags.length > 0 ? 'forced' : 'unchanged', JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}').counts);
    return ms;
  };
  const counts = new Map<string, unknown>();
  await run('--force');
  const timings = await interleave(
    [
      { name: 'forced', round: () => run('--force') },
      { name: 'unchanged', round: () => run() },
    ],
    { warmups: 1, rounds: 5 },
  );
  reportTimings('rerun', 'transit DAG, sandbox', timings, (subject) => ({ counts: counts.get(subject) }));
  await server.close();
}

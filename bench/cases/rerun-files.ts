import { join } from 'node:path';
import { component, type Dag, defineDag } from 'signalbox';
import { projectRoot } from '../harness/arguments.ts';
import { createFiles, type SeenFiles } from '../harness/files.ts';
import { interleave, type Subject, timed, usualRounds } from '../harness/measure.ts';
import { createProject, type Project, runNode } from '../harness/project.ts';
import { report, reportTimings } from '../harness/report.ts';
import { openTestBed, type TestBed } from '../harness/test-bed.ts';
import { countUnchanged } from '../harness/unchanged.ts';

/**
 * Runs in which nothing has changed, of components that each read a file of their own, beside a process of plain Node
 * that looks at the same files. Every source is audited in every 20th run, as usual.
 */
const sizes = [1_000, 10_000];

const bed = await openTestBed();
const project = createProject();
const server = await project.holdServer();
try {
  report('rerun-files', 'server', await bed.server());
  for (const size of sizes) await benchSize(size);
} finally {
  await server.close();
  await bed.close();
}

async function benchSize(size: number): Promise<void> {
  const files = createFiles(size);
  const engine = await engineSubject(bed, dagOf(files));
  const command = await commandSubject(project, files);
  const subjects = [bareSubject('hash', files), bareSubject('stat', files), engine.subject, command];
  const timings = await interleave(subjects, usualRounds);
  const client = await bed.connect();
  const proof = await countUnchanged(client, engine.runIds);
  await client.end();
  reportTimings('rerun-files', `${size} files`, timings, (subject) => (subject === engine.subject.name ? proof : {}));
}

/** From its start to its exit. */
function bareSubject(way: 'stat' | 'hash', { list, paths }: SeenFiles): Subject {
  const script = join(projectRoot, 'bench', 'harness', 'bare-files.js');
  return {
    name: `node, ${way}`,
    round: async () => {
      const { ms, stdout } = await runNode([script, way, list], { env: { PATH: process.env.PATH } });
      const said = JSON.stringify({ files: paths.length, moved: 0 });
      if (stdout.trim() !== said) throw new Error(`expected ${said}, got ${stdout}`);
      return ms;
    },
  };
}

async function engineSubject(testBed: TestBed, dag: Dag): Promise<{ subject: Subject; runIds: readonly string[] }> {
  const ready = testBed.ready(dag);
  const runIds: string[] = [];
  await testBed.run(ready);
  const rerun = async () => runIds.push((await testBed.run(ready, { forced: false })).runId);
  return { subject: { name: 'engine, inline', round: () => timed(rerun) }, runIds };
}

/** With starting Node, loading the DAG, the table on the terminal; the server is up. */
async function commandSubject(within: Project, { paths }: SeenFiles): Promise<Subject> {
  const id = `files-${paths.length}`;
  within.writeDag(id, dagFile(id, paths));
  const args = ['run', '--dag', id, '--env', 'dev', '--quiet'];
  await within.engine(args);
  return { name: 'node engine run', round: async () => (await within.engine(args)).ms };
}

function dagOf({ paths }: SeenFiles): Dag {
  const components = paths.map((path, index) =>
    component({
      id: `c${index}`,
      isolation: 'inline',
      sources: () => [{ kind: 'file', id: 'file', path }],
      run: async (context) => ({ bytes: (await context.source('file')).parts[0]?.bytes ?? 0 }),
    }),
  );
  return defineDag({ id: `files-${paths.length}`, components });
}

/** The same as a file. */
function dagFile(id: string, paths: readonly string[]): string {
  return `import { component, defineDag } from 'signalbox';
const paths: readonly string[] = ${JSON.stringify(paths)};
export default defineDag({
  id: '${id}',
  components: paths.map((path, index) =>
    component({
      id: \`c\${index}\`,
      isolation: 'inline',
      sources: () => [{ kind: 'file', id: 'file', path }],
      run: async ({ source }) => ({ bytes: (await source('file')).parts[0]?.bytes ?? 0 }),
    }),
  ),
});
`;
}

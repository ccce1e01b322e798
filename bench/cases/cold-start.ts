import { interleave, type Subject, usualRounds } from '../harness/measure.ts';
import { createProject, type Project, runNode } from '../harness/project.ts';
import { report, reportTimings } from '../harness/report.ts';

/** One component that does nothing, as a whole process: from `node engine run` to its exit. */
const inline = `component({ id: 'only', isolation: 'inline', run: async () => null })`;
const isolated = `component({ id: 'only', run: async () => null })`;

const nothing: Subject = { name: 'node -e 0', round: async () => (await runNode(['-e', '0'], bare())).ms };

const held = createProject();
const server = await held.holdServer();
const alone = createProject();
for (const project of [held, alone]) {
  project.writeDag('inline', dagText('inline', inline));
  project.writeDag('child', dagText('child', isolated));
}
const up = await interleave([nothing, runOf(held, 'inline', 'up'), runOf(held, 'child', 'up')], usualRounds);
await server.close();
const within = await interleave([runOf(alone, 'inline', 'started inside'), runOf(alone, 'child', 'started inside')], {
  warmups: 2,
  rounds: 7,
});
reportTimings('cold-start', 'one component', up);
const [node] = up;
for (const { subject, medianMs } of [...up.slice(1), ...within]) {
  report('cold-start', 'one component', { subject, overNodeMs: Math.round(medianMs - (node?.medianMs ?? Number.NaN)) });
}
reportTimings('cold-start', 'one component', within);

function runOf(project: Project, dag: string, state: string): Subject {
  const args = ['run', '--dag', dag, '--env', 'dev', '--quiet'];
  return { name: `engine run, ${dag}, server ${state}`, round: async () => (await project.engine(args)).ms };
}

function bare() {
  return { env: { PATH: process.env.PATH } };
}

function dagText(id: string, only: string): string {
  return `import { component, defineDag } from 'signalbox';
export default defineDag({ id: '${id}', components: [${only}] });
`;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let sound: CommandProject;
let broken: CommandProject;

const twoSteps = `import { component, defineDag } from 'signalbox';

const first = component({ id: 'first', isolation: 'inline', frequency: 'daily', run: async () => 1 });
const second = component({ id: 'second', isolation: 'inline', dependsOn: { first }, timeout: '5m', run: async () => 2 });

export default defineDag({ id: 'steps', description: 'Two of them.', schedule: '5 * * * *', components: [first, second] });
`;

beforeAll(async () => {
  [sound, broken] = await Promise.all([commandProject(), commandProject()]);
  sound.write('dags/steps.ts', twoSteps);
  broken.write('dags/steps.ts', twoSteps);
  broken.write(
    'dags/torn.ts',
    "import { defineDag } from 'signalbox';\nexport default defineDag({ id: 'torn', components: [ });\n",
  );
  broken.write(
    'dags/wrong.ts',
    inlineDag('wrong', ["{ id: 'One', run: async () => 1 }", "{ id: 'two', timeout: '5', run: async () => 1 }"]),
  );
});
afterAll(() => Promise.all([sound.remove(), broken.remove()]));

describe('engine list', () => {
  it('names every DAG with its components and schedule', async () => {
    const { code, stdout, stderr } = await sound.engine(['list']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      'dag    components  schedule       description\nsteps           2  5 * * * * UTC  Two of them.\n',
    );
  });

  it('ends with 1 when a file is broken, tells it, and still lists the others', async () => {
    const { code, stdout, stderr } = await broken.engine(['list']);
    expect(code).toBe(1);
    expect(stdout).toContain('steps');
    expect(stderr).toContain(`${broken.root}/dags/torn.ts:2:`);
    expect(stderr).toContain(`${broken.root}/dags/wrong.ts`);
    const { stdout: json } = await broken.engine(['list', '--output', 'json']);
    expect(JSON.parse(json)).toMatchObject({ dags: [{ id: 'steps', components: 2 }], broken: [{}, {}] });
  });
});

describe('engine validate', () => {
  it('says that all is well', async () => {
    const { code, stdout } = await sound.engine(['validate', 'steps']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `steps is valid: ${sound.root}/dags/steps.ts\n` });
  });

  it('ends with 2 and tells all problems of all files, each with file and line', async () => {
    const { code, stderr } = await broken.engine(['validate']);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^${broken.root}/dags/torn.ts:2:\\d+$`, 'm'));
    expect(stderr).toMatch(/expected `components\[0\]\.id` to be .*wrong\.ts:4\)/);
    expect(stderr).toMatch(/expected `components\.two\.timeout` to be a duration such as 30s, got `5` .*wrong\.ts:5\)/);
    expect(stderr).toMatch(/^2 files to mend$/m);
  });

  it('names a file that is not named like its DAG, as the doctor does', async () => {
    const project = await commandProject();
    const file = project.write('dags/stairs.ts', twoSteps);
    project.write('other/stairs.ts', twoSteps);
    const { code, stderr } = await project.engine(['validate']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`${file}\n  expected a file that`) });
    expect(stderr).toContain('Name it `steps.ts`');
    const { stdout } = await project.engine(['validate', 'other/stairs.ts', '--output', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ valid: ['steps'], warnings: [] });
    const { stdout: found } = await project.engine(['doctor']);
    await project.remove();
    expect(found).toMatch(/^warn {2}dag: \S+stairs\.ts: expected .* `steps`, got `stairs\.ts`\n {6}Name it /m);
  });

  it('is one document for programs', async () => {
    const { code, stdout } = await broken.engine(['validate', 'dags/wrong.ts', 'steps', '--output', 'json']);
    expect(code).toBe(2);
    const { valid, problems } = JSON.parse(stdout) as { valid: string[]; problems: { path: string; where: string }[] };
    expect(valid).toEqual(['steps']);
    expect(problems.map(({ path }) => path)).toEqual(['components[0].id', 'components.two.timeout']);
    expect(problems.every(({ where }) => /wrong\.ts:\d+$/.test(where))).toBe(true);
  });
});

describe('engine show and graph', () => {
  it('show the definition', async () => {
    const { code, stdout } = await sound.engine(['show', 'steps']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^schedule {5}5 \* \* \* \* UTC$/m);
    expect(stdout).toMatch(/^second {5}first\s+5m 00s\s+inline$/m);
    const { stdout: json } = await sound.engine(['show', 'steps', '--output', 'json']);
    expect(JSON.parse(json)).toMatchObject({ id: 'steps', components: [{ id: 'first' }, { id: 'second' }] });
  });

  it.each([
    ['ascii', 'steps\n1  first\n2  second <- first\n'],
    ['mermaid', 'flowchart LR\n  c0["first"]\n  c1["second"]\n  c0 --> c1\n'],
    ['dot', 'digraph "steps" {\n'],
  ])('draw it as %s', async (format, start) => {
    const { code, stdout } = await sound.engine(['graph', '--dag', 'steps', '--format', format]);
    expect(code).toBe(0);
    expect(stdout.startsWith(start)).toBe(true);
  });
});

it('a project without DAG files is told what to do', async () => {
  const empty = await commandProject();
  const { code, stderr } = await empty.engine(['list']);
  await empty.remove();
  expect(code).toBe(2);
  expect(stderr).toContain(`${empty.root}/dags\n  expected a folder of DAG files, found none`);
});

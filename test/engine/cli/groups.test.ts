import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

const grouped = `import { component, defineDag } from 'signalbox';

const [a, b, c] = ['a', 'b', 'c'].map((id) =>
  component({ id, isolation: 'inline', ...(id === 'a' && { group: 'few' }), run: async () => 1 }));

export default defineDag({
  id: 'grouped',
  groups: { few: { concurrency: 1, description: 'one at a time' }, nightly: { components: [a, c] } },
  components: [a, b, c],
});
`;

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  project.write('dags/grouped.ts', grouped);
  project.write('dags/plain.ts', inlineDag('plain', ["{ id: 'only', run: async () => 1 }"]));
});
afterAll(() => project.remove());

describe('engine groups list', () => {
  it('lists what --group takes, with its components', async () => {
    const { code, stdout } = await project.engine(['groups', 'list']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: [
        'dag      group    at once  components  description',
        'grouped  few            1  a           one at a time',
        'grouped  nightly           a, c',
        '',
      ].join('\n'),
    });
    const { stdout: json } = await project.engine(['groups', 'list', '--dag', 'grouped', '--output', 'json']);
    expect(JSON.parse(json)).toMatchObject([{ group: 'few' }, { group: 'nightly', components: ['a', 'c'] }]);
  });

  it('says so where there is none', async () => {
    const none = await project.engine(['groups', 'list', '--dag', 'plain']);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'no groups\n' });
  });
});

describe('--group', () => {
  it('runs the components that a group lists', async () => {
    const { code, stdout } = await project.engine(['run', '--dag', 'grouped', '--group', 'nightly']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^a +success .*\nb +skipped .*\nc +success /m);
  });

  it('knows what was meant by a name that is none', async () => {
    const { code, stderr } = await project.engine(['plan', '--dag', 'grouped', '--group', 'nihgtly']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected a group of DAG `grouped`, got `nihgtly`; did you mean `nightly`?');
  });
});

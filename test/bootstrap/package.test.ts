import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../engine/bootstrap/folders.js';
import { type SmallProject, smallProject } from './small-project.ts';

const projects: SmallProject[] = [];

function open(below?: string): SmallProject {
  const project = smallProject(below);
  projects.push(project);
  return project;
}

afterEach(() => {
  for (const project of projects.splice(0)) project.remove();
});

describe('what plain Node imports from the package', () => {
  it.each([
    ['signalbox', '../../engine/api.ts', '../../engine/exports/api.js'],
    ['signalbox/embed', '../../engine/embed.ts', '../../engine/exports/embed.js'],
  ])('%s: the names of the shim are the values of the source', async (_name, source, shim) => {
    const [written, offered] = await Promise.all([import(source), import(shim)]);
    expect(Object.keys(offered as object).toSorted()).toEqual(Object.keys(written as object).toSorted());
  });

  it('works from a project that has it in node_modules', async () => {
    const user = open();
    symlinkSync(projectRoot, join(user.root, 'node_modules/signalbox'));
    user.write('package.json', '{ "name": "mine", "private": true }');
    user.write(
      'use.mjs',
      `import { component, defineDag, DagError } from 'signalbox';
      const only = component({ id: 'only', run: async () => 1 });
      console.log(defineDag({ id: 'mine', components: [only] }).id);
      try { defineDag({ id: 'mine', components: [] }); } catch (error) { console.log(error instanceof DagError); }`,
    );
    expect(await user.node('use.mjs')).toEqual({ code: 0, stdout: 'mine\ntrue\n', stderr: '' });
  });
});

describe('the published package', () => {
  it('runs the engine it was published with, whatever became of its sources', async () => {
    const project = open('node_modules/signalbox');
    expect((await project.node('engine/exports/build.js', '--publish')).code).toBe(0);
    rmSync(join(project.root, 'package-lock.json'));
    project.write('engine/model/answer.ts', 'export const answer: number = 43;\n');
    expect((await project.engine()).stdout).toBe('answer 42\n');
  });

  it('holds one compiled engine', async () => {
    const project = open();
    await project.engine();
    project.write('engine/model/answer.ts', 'export const answer: number = 43;\n');
    await project.node('engine/exports/build.js', '--publish');
    expect(project.compiled().filter((name) => name !== 'published.json').length).toBe(1);
  });

  it('says so when it lost that engine', async () => {
    const project = open('node_modules/signalbox');
    project.write('engine/dist/published.json', '{ "engine": "0123456789abcdef" }');
    const { code, stderr } = await project.engine();
    expect(code).toBe(78);
    expect(stderr).toMatch(/^signalbox: expected the compiled engine .*0123456789abcdef, found none\. Install/);
  });

  it('says so when there is no engine and no way to write one', async () => {
    const project = open();
    // A file where the folder would be: nobody can write there, root neither.
    project.write('engine/dist', '');
    const { code, stderr } = await project.engine();
    expect(code).toBe(78);
    expect(stderr).toContain('the engine is not compiled and');
    expect(stderr).toContain('npm run build');
  });
});

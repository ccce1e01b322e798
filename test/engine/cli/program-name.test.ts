import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '../../../engine/bootstrap/folders.js';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  symlinkSync(join(projectRoot, 'engine/index.js'), join(project.root, 'signalbox'));
});
afterAll(() => project.remove());

it('hints and usage name what was typed: `node engine`', async () => {
  const { stderr } = await project.engine(['run']);
  expect(stderr).toContain('`node engine list`');
  expect((await project.engine(['data', '--help'])).stdout).toContain('Usage: node engine data');
});

it('or `signalbox`, where that was installed', () => {
  const help = execFileSync(process.execPath, [join(project.root, 'signalbox'), 'data', '--help'], {
    encoding: 'utf8',
  });
  expect(help).toContain('Usage: signalbox data');
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;

const dag = `import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, defineDag } from 'signalbox';

const sandbox = {
  name: 'words',
  layout: ['words.txt, served byte for byte'],
  secrets: { WORDS_KEY: 'key-of-the-sandbox' },
  open: async ({ seed, date, directory }) => ({
    mode: directory ? 'files' : 'generated',
    handle: async () => ({
      status: 200,
      body: directory ? readFileSync(join(directory, 'words.txt')) : \`seed \${seed} on \${date}\`,
    }),
  }),
};
const words = component({
  id: 'words', isolation: 'inline', baseUrl: 'https://words.invalid', secrets: ['WORDS_KEY'], sandbox,
  sources: ({ baseUrl }) => [{ kind: 'http', id: 'words', request: { url: baseUrl + '/list' } }],
  run: async ({ source, secrets, log }) => {
    const { parts } = await source('words');
    log.info('read ' + readFileSync(parts[0].path, 'utf8') + ' with ' + secrets.WORDS_KEY);
    return 1;
  },
});

export default defineDag({ id: 'words', components: [words] });
`;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/words.ts', dag);
  project.write('real/words/words.txt', 'real words');
  mkdirSync(join(project.root, 'unfit', 'wrods'), { recursive: true });
});
afterAll(() => project.remove());

const fixed = { SIGNALBOX_SANDBOX_DATE: '2026-03-01', SIGNALBOX_SANDBOX_SEED: '7' };

it('a run in the sandbox says that its data are generated, and leaves what did not change alone', async () => {
  const { code, stdout, stderr } = await project.engine(['run', '--dag', 'words', '--verbose'], fixed);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^words in sandbox, generated data: success in /);
  expect(stderr).toMatch(/^words says: read seed 7 on 2026-03-01 with \*\*\*$/m);
  const planned = await project.engine(['plan', '--dag', 'words'], fixed);
  expect(planned).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^words in sandbox, generated data: 1 unch/),
  });
  const again = await project.engine(['run', '--dag', 'words'], fixed);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('1 unchanged') });
  expect(again.stdout).toMatch(/^words +unchanged +its source /m);
});

it('says of real files that they are, and runs because they differ', async () => {
  const args = ['run', '--dag', 'words', '--sandbox-data', 'real', '--output', 'json'];
  const { code, stdout } = await project.engine(args, fixed);
  expect(code).toBe(0);
  const summary: unknown = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(summary).toMatchObject({
    sandbox: { words: 'files' },
    components: [{ status: 'success', reason: 'source_changed' }],
  });
});

it('a folder of another shape ends with 2 and prints the shape', async () => {
  const { code, stderr } = await project.engine(['run', '--dag', 'words', '--sandbox-data', 'unfit'], fixed);
  expect(code).toBe(2);
  expect(stderr).toContain('`wrods`');
  expect(stderr).toContain('  words/\n    words.txt, served byte for byte');
});

it('serves a DAG’s sources in the foreground until a signal', async () => {
  const args = ['sandbox', 'serve', '--dag', 'words', '--date', '2026-04-02', '--seed', '3'];
  const serving = project.start(args, fixed);
  const [, url] = /^words (http:\S+) \(generated data\)$/.exec(await serving.line(/^words /)) ?? [];
  const answer = await fetch(`${url}/list`);
  expect(await answer.text()).toBe('seed 3 on 2026-04-02');
  serving.kill('SIGTERM');
  expect((await serving.exit).code).toBe(143);
  await expect(fetch(`${url}/list`)).rejects.toThrow('fetch failed');
});

it('refuses a day that is none', async () => {
  const { code, stderr } = await project.engine(['sandbox', 'serve', '--dag', 'words', '--date', 'tomorrow']);
  expect(code).toBe(2);
  expect(stderr).toContain('tomorrow');
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOrigin } from '../../harness/origin.ts';
import { type CommandProject, commandProject, inlineDag, untilStopped } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/fine.ts', inlineDag('fine', ["{ id: 'only', run: async () => ({ n: 1 }) }"]));
  project.write('dags/slow.ts', inlineDag('slow', [untilStopped('waits')]));
  project.write('dags/late.ts', inlineDag('late', [untilStopped('waits')], "timeout: '1s',"));
  const stubborn =
    "{ id: 'deaf', run: async ({ log }) => { log.info('has begun'); await new Promise(() => setInterval(() => {}, 50)); } }";
  project.write('dags/stubborn.ts', inlineDag('stubborn', [stubborn]));
});
afterAll(() => project.remove());

describe('engine run ends with', () => {
  it('0 when all went well, and says what happened on stdout', async () => {
    const { code, stdout, stderr } = await project.engine(['run', '--dag', 'fine']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('only succeeded') });
    expect(stdout).toMatch(/^fine in sandbox: success in .*\n1 success; 0 rows published; run [0-9a-f-]{36}\n/);
  });

  it('0 and not a word when it is quiet and all went well', async () => {
    expect(await project.engine(['run', '--dag', 'fine', '--quiet'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('1 when a component failed; the others ran', async () => {
    project.write(
      'dags/failing.ts',
      inlineDag('failing', [
        "{ id: 'broken', retries: 0, run: async () => { throw new Error('out of luck'); } }",
        "{ id: 'sound', run: async () => 1 }",
      ]),
    );
    const { code, stdout } = await project.engine(['run', '--dag', 'failing']);
    expect(code).toBe(1);
    expect(stdout).toContain('1 failed, 1 success');
    expect(stdout).toMatch(/^broken failed: .*out of luck/m);
    const quiet = await project.engine(['run', '--dag', 'failing', '--quiet']);
    expect(quiet).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('out of luck') });
  });

  it('75 when another run holds a component and nobody wants to wait', async () => {
    const first = project.start(['run', '--dag', 'slow', '--verbose']);
    await first.line(/has begun/);
    const second = await project.engine(['run', '--dag', 'slow', '--no-wait']);
    expect(second.code).toBe(75);
    expect(second.stdout).toContain('cancelled (busy)');
    expect(second.stdout).toMatch(/^waits: held by run [0-9a-f-]{36}$/m);
    first.kill('SIGTERM');
    expect((await first.exit).code).toBe(143);
  });

  it('78 when the sandbox has no key of its own for a secret, and does not ask for the real one', async () => {
    project.write('dags/keyless.ts', inlineDag('keyless', ["{ id: 'asks', secrets: ['KEY'], run: async () => 1 }"]));
    const { code, stderr } = await project.engine(['run', '--dag', 'keyless'], { KEY: 'a real one' });
    expect(code).toBe(78);
    expect(stderr).toMatch(/got none for KEY \(for asks\)\n {2}The sandbox reads no real keys: .*--env dev/);
  });

  it('78 when secrets are missing: all of them named, before any call', async () => {
    const origin = await startOrigin();
    const source = `baseUrl: '${origin.url}', sources: ({ baseUrl }) => [{ kind: 'http', id: 's', request: { url: baseUrl } }]`;
    project.write(
      'dags/secretive.ts',
      inlineDag('secretive', [
        `{ id: 'one', secrets: ['ONE_KEY'], ${source}, run: async () => 1 }`,
        `{ id: 'two', secrets: ['TWO_KEY', 'TWO_ID'], ${source}, run: async () => 1 }`,
      ]),
    );
    const settings = { SIGNALBOX_ENV: 'dev', TWO_ID: 'given' };
    const { code, stdout, stderr } = await project.engine(['run', '--dag', 'secretive'], settings);
    await origin.close();
    expect({ code, stdout, calls: origin.requests.length }).toEqual({ code: 78, stdout: '', calls: 0 });
    expect(stderr).toContain('got none for ONE_KEY (for one), TWO_KEY (for two)\n');
    expect(stderr).toContain('env.template');
    expect(stderr).not.toContain('given');
  });

  it('124 when the run reached its timeout', async () => {
    const { code, stdout } = await project.engine(['run', '--dag', 'late']);
    expect(code).toBe(124);
    expect(stdout).toContain('late in sandbox: timed out in ');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: %i, when its end is on record', async (signal, code) => {
    const run = project.start(['run', '--dag', 'slow', '--verbose', '--output', 'json']);
    await run.line(/has begun/);
    run.kill(signal);
    const exit = await run.exit;
    expect(exit.code).toBe(code);
    const summary = JSON.parse(exit.stdout.trimEnd().split('\n').at(-1) ?? '') as { runId: string };
    expect(summary).toMatchObject({ type: 'summary', status: 'cancelled', reason: 'interrupted' });
    const history = await project.engine(['history', '--run', summary.runId, '--output', 'json']);
    expect(JSON.parse(history.stdout)).toMatchObject({ status: 'cancelled', components: [{ status: 'cancelled' }] });
  });

  it('130 at the second signal, also when a component does not stop', async () => {
    const run = project.start(['run', '--dag', 'stubborn', '--verbose'], { SIGNALBOX_GRACE: '10m' });
    await run.line(/has begun/);
    run.kill('SIGINT');
    await run.line(/SIGINT: nothing more begins/);
    run.kill('SIGINT');
    expect((await run.exit).code).toBe(130);
  });
});

describe('usage that is wrong ends with 2 and a suggestion:', () => {
  it.each([
    ['a command', ['rnu'], "unknown command 'rnu'", 'Did you mean run?'],
    ['a command of a command', ['db', 'statsu'], "unknown command 'statsu'", 'Did you mean status?'],
    ['a flag', ['run', '--dag', 'fine', '--forse'], "unknown option '--forse'", 'Did you mean --force?'],
    ['a DAG', ['run', '--dag', 'fien'], 'got `fien`', 'did you mean `fine`?'],
    ['a component', ['run', '--dag', 'fine', '--component', 'onyl'], 'got `onyl`', 'did you mean `only`?'],
    ['an environment', ['run', '--dag', 'fine', '--env', 'pdr'], 'got `pdr`', 'did you mean `prd`?'],
    ['a format', ['graph', '--dag', 'fine', '--format', 'dto'], "'dto' is invalid", 'mermaid, dot, ascii'],
    ['no DAG', ['run'], 'expected --dag, got none', '`node engine list`'],
    ['a flag without its other', ['run', '--dag', 'fine', '--upstream'], 'with --upstream', 'all of the DAG'],
    ['sandbox data elsewhere', ['run', '--dag', 'fine', '--env', 'dev', '--sandbox-data', '.'], '--env dev', 'Leave'],
    ['two moods', ['run', '--dag', 'fine', '--quiet', '--verbose'], 'cannot be used with', '--help'],
  ])('%s', async (_, args, problem, suggestion) => {
    const { code, stdout, stderr } = await project.engine(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^signalbox: |^\/.*\n {2}/);
    expect(stderr).toContain(problem);
    expect(stderr).toContain(suggestion);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('a variable that stands for a flag', async () => {
    const { code, stderr } = await project.engine(['run', '--dag', 'fine'], { SIGNALBOX_OUTPUT: 'jsn' });
    expect(code).toBe(2);
    expect(stderr).toBe(
      'signalbox: expected SIGNALBOX_OUTPUT to be one of table, json, got `jsn`\n  did you mean `json`?\n',
    );
  });
});

describe('a selection', () => {
  it('runs what was chosen and says of the rest that it was not', async () => {
    const steps = `import { component, defineDag } from 'signalbox';
const part = (id, dependsOn) => component({ id, dependsOn, isolation: 'inline', group: id === 'c' ? 'ends' : undefined, run: async () => 1 });
const a = part('a', {}); const b = part('b', { a }); const c = part('c', { b });
export default defineDag({ id: 'chain', groups: { ends: { concurrency: 1 } }, components: [a, b, c] });
`;
    project.write('dags/chain.ts', steps);
    const statuses = async (...flags: string[]) => {
      const { stdout } = await project.engine(['run', '--dag', 'chain', '--output', 'json', ...flags]);
      const { components } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
        components: { component: string; status: string; reason: string }[];
      };
      return components.map(({ component, status, reason }) => `${component} ${status} ${reason}`);
    };
    expect(await statuses('--component', 'b', '--upstream')).toEqual([
      'a success first_run',
      'b success first_run',
      'c skipped not_selected',
    ]);
    expect(await statuses('--component', 'a,b', '--component', 'c')).toEqual([
      'a success undeclared_input',
      'b unchanged inputs_unchanged',
      'c success first_run',
    ]);
    expect(await statuses('--group', 'ends', '--force')).toEqual([
      'a skipped not_selected',
      'b skipped not_selected',
      'c success forced',
    ]);
  });
});

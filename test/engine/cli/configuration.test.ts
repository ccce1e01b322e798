import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  const component = "{ id: 'asks', secrets: ['SET_KEY', 'MISSING_KEY'], run: async () => 1 }";
  project.write('dags/secretive.ts', inlineDag('secretive', [component]));
  project.write('.env', 'SIGNALBOX_GRACE=7s\nSIGNALBOX_TIMEOUT=1h\nSET_KEY=do-not-print-this\n');
});
afterAll(() => project.remove());

describe('engine config show', () => {
  it('says of every value where it comes from', async () => {
    const env = { SIGNALBOX_TIMEOUT: '3h', SIGNALBOX_RETRIES_MAX: '4' };
    const { code, stdout } = await project.engine(['config', 'show', '--env', 'prd', '--output', 'json'], env);
    expect(code).toBe(0);
    const { environment, values } = JSON.parse(stdout) as {
      environment: string;
      values: { path: string; value: unknown; from: string }[];
    };
    const shown = Object.fromEntries(values.map(({ path, value, from }) => [path, [value, from]]));
    expect(environment).toBe('prd');
    expect(shown).toMatchObject({
      home: [`${project.root}/home`, 'SIGNALBOX_HOME'],
      database: ['set', 'DATABASE_URL'],
      grace: ['7s', 'SIGNALBOX_GRACE in .env'],
      timeout: ['3h', 'SIGNALBOX_TIMEOUT'],
      'retries.max': [4, 'SIGNALBOX_RETRIES_MAX'],
      componentTimeout: ['45m', 'config/prd.ts'],
      sqlThreads: [2, 'config/default.ts'],
    });
  });

  it('says of secrets whether they are there, and nothing more', async () => {
    const { code, stdout, stderr } = await project.engine(['config', 'show', '--env', 'dev']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SET_KEY +set +secretive\/asks$/m);
    expect(stdout).toMatch(/^MISSING_KEY +missing +secretive\/asks$/m);
    expect(stdout + stderr).not.toContain('do-not-print-this');
    expect(stdout + stderr).not.toContain(project.databaseUrl);
  });

  it('refuses a value that is none, with its origin', async () => {
    const { code, stderr } = await project.engine(['config', 'show'], { SIGNALBOX_GRACE: 'soon' });
    expect(code).toBe(2);
    expect(stderr).toContain('grace: expected a duration such as 30s, 5m or 2h, got `"soon"` from SIGNALBOX_GRACE');
  });
});

describe('flags by variables', () => {
  it('count where the flag is not given, also from .env', async () => {
    const { code, stdout } = await project.engine(['graph'], { SIGNALBOX_DAG: 'secretive', SIGNALBOX_FORMAT: 'dot' });
    expect(code).toBe(0);
    expect(stdout).toContain('digraph "secretive"');
    const given = await project.engine(['graph', '--format', 'ascii'], {
      SIGNALBOX_DAG: 'secretive',
      SIGNALBOX_FORMAT: 'dot',
    });
    expect(given.stdout).toBe('secretive\n1  asks\n');
  });

  it('refuse what a switch cannot be', async () => {
    const { code, stderr } = await project.engine(['run', '--dag', 'secretive'], { SIGNALBOX_FORCE: 'perhaps' });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'signalbox: expected SIGNALBOX_FORCE to be true or false, got `perhaps`\n',
    });
  });

  it('are told when they are misspelt, and left alone when they are somebody else’s', async () => {
    const given = {
      SIGNALBOX_CONCURENCY: '2',
      SIGNALBOX_ENVIRONMENT: 'dev',
      SIGNALBOX_IMAGE: 'node',
      SIGNALBOX_ENV: 'dev',
    };
    const { code, stderr } = await project.engine(['graph', '--dag', 'secretive'], given);
    expect(code).toBe(0);
    expect(new Set(stderr.trimEnd().split('\n'))).toEqual(
      new Set([
        'signalbox: SIGNALBOX_CONCURENCY is read by nothing: did you mean `SIGNALBOX_CONCURRENCY`?',
        'signalbox: SIGNALBOX_ENVIRONMENT is read by nothing: did you mean `SIGNALBOX_ENV`?',
      ]),
    );
  });

  it('are told by --help, which needs no project', async () => {
    const { code, stdout } = await project.engine(['run', '--help'], { SIGNALBOX_GRACE: 'soon' });
    expect(code).toBe(0);
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)].map(([, flag]) => flag ?? '');
    expect(flags).toContain('sandbox-data');
    for (const flag of flags.filter((name) => name !== 'help')) {
      expect(stdout).toContain(`[SIGNALBOX_${flag.toUpperCase().replaceAll('-', '_')}]`);
    }
  });
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../config/config-error.ts';
import { type LoadRequest, loadConfig } from '../../config/load.ts';
import { setup } from './setup.ts';

let project: ReturnType<typeof setup>;

beforeEach(() => {
  project = setup();
});
afterEach(() => project.remove());

const load = (request: Partial<LoadRequest> = {}) =>
  loadConfig({ environment: 'sandbox', directory: project.root, processEnvironment: {}, ...request });

describe('the project', () => {
  it('is the nearest folder upwards with a package.json, and its home lies in it', () => {
    const deep = join(project.root, 'a', 'b');
    mkdirSync(deep, { recursive: true });
    const config = load({ directory: deep });
    expect(config).toMatchObject({ projectDirectory: project.root, home: join(project.root, '.signalbox') });
    expect(config.storageRoot).toBe(join(project.root, '.signalbox', 'data', 'sandbox'));
    expect(config.databaseUrl).toBeUndefined();
  });

  it('may have its home elsewhere, relative to the project', () => {
    const processEnvironment = { SIGNALBOX_HOME: '../elsewhere' };
    expect(load({ processEnvironment }).home).toBe(join(project.root, '..', 'elsewhere'));
    expect(load({ processEnvironment, home: '/srv/box' }).home).toBe('/srv/box');
  });
});

describe('settings', () => {
  it('come leaf by leaf from code, the process, .env, the environment and the defaults, in this order', () => {
    project.dotEnv('SIGNALBOX_TIMEOUT=3h\nSIGNALBOX_GRACE=8s\nSIGNALBOX_SQL_THREADS=4\n');
    const config = load({
      environment: 'dev',
      processEnvironment: { SIGNALBOX_TIMEOUT: '4h', SIGNALBOX_GRACE: '9s' },
      overrides: { timeout: '5h' },
    });
    expect(config.settings).toMatchObject({
      timeout: 5 * 3_600_000,
      grace: 9_000,
      sqlThreads: 4,
      concurrency: 3,
      retries: { max: 2, delay: 5_000, maxDelay: 300_000 },
    });
    const from = Object.fromEntries(config.origins.map((origin) => [origin.path, origin.from]));
    expect(from).toMatchObject({
      timeout: 'createEngine()',
      grace: 'SIGNALBOX_GRACE',
      sqlThreads: 'SIGNALBOX_SQL_THREADS in .env',
      concurrency: 'config/dev.ts',
      'retries.delay': 'config/default.ts',
    });
  });

  it('that are lists have commas in a variable', () => {
    expect(load().settings.allowHosts).toEqual([]);
    const processEnvironment = { SIGNALBOX_ALLOW_HOSTS: 'mirror.internal, 10.0.0.7:8080' };
    expect(load({ processEnvironment }).settings.allowHosts).toEqual(['mirror.internal', '10.0.0.7:8080']);
    const torn = { SIGNALBOX_ALLOW_HOSTS: 'mirror.internal,' };
    expect(() => load({ processEnvironment: torn })).toThrow(/allowHosts\.1: /);
  });

  it.each(['[fd00::7]:8080', '[::1]', 'fd00::7', '10.0.0.7:80', 'a.b'])(
    'that name private hosts may hold %s',
    (host) => {
      expect(load({ processEnvironment: { SIGNALBOX_ALLOW_HOSTS: host } }).settings.allowHosts).toEqual([host]);
    },
  );

  it('of one load say nothing to the next', () => {
    const overrides = { quotas: { ptv: { limit: 5 } }, dags: { transit: { timeout: '3m' } } };
    expect(load({ overrides }).settings).toMatchObject({ quotas: { ptv: { limit: 5 } } });
    expect(load().settings).toMatchObject({ quotas: {}, dags: {} });
    expect(load().origins.filter(({ path }) => /^(quotas|dags)\./.test(path))).toEqual([]);
  });

  it('that are empty in a variable are not given', () => {
    project.dotEnv('SIGNALBOX_TIMEOUT=\nDATABASE_URL=\n');
    const config = load({ processEnvironment: { SIGNALBOX_GRACE: '' } });
    expect(config.settings).toMatchObject({ timeout: 2 * 3_600_000, grace: 5_000 });
    expect(config.databaseUrl).toBeUndefined();
  });

  it('that are wrong are told all at once, each with its value and origin', () => {
    const processEnvironment = { SIGNALBOX_GRACE: 'soon', SIGNALBOX_CONCURRENCY: '0' };
    expect(() => load({ processEnvironment })).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /concurrency: .*got `0` from SIGNALBOX_CONCURRENCY\n.*grace: expected a duration .*`"soon"` from SIGNALBOX_GRACE/,
        ),
      }),
    );
  });

  it.each([
    [{ SIGNALBOX_CONCURRENCY: 'many' }, 'expected SIGNALBOX_CONCURRENCY to be a number, got `many`'],
    [{ SIGNALBOX_STORAGE: 'data' }, 'expected a folder with {environment} in it'],
    [{ SIGNALBOX_ALLOW_HOSTS: 'http://10.0.0.7' }, 'allowHosts.0: expected a host such as'],
    [{ SIGNALBOX_ALLOW_HOSTS: 'user@10.0.0.7' }, 'allowHosts.0: expected a host such as'],
    [{ SIGNALBOX_SANDBOX_DATE: '2026-02-30' }, 'expected SIGNALBOX_SANDBOX_DATE to be a day such as'],
  ])('%j: %s', (processEnvironment, message) => {
    expect(() => load({ processEnvironment })).toThrow(message);
  });
});

describe('an environment', () => {
  it.each([
    ['sandbx', 'did you mean `sandbox`?'],
    ['production', undefined],
    ['constructor', undefined],
  ])('that is unknown (%s) is refused, with a suggestion where one is near', (environment, hint) => {
    const message = `expected the environment to be one of sandbox, dev, prd, got \`${environment}\``;
    expect(() => load({ environment })).toThrow(expect.objectContaining({ message, hint, exitCode: 2 }));
  });
});

describe('secrets', () => {
  it('come from the process, from .env or from a file, and are in no settings and no child', () => {
    project.write('mounted', 'from a file\n');
    project.dotEnv(`ONE=from dot env\nTHREE_FILE=${join(project.root, 'mounted')}\n`);
    const config = load({ processEnvironment: { TWO: 'from the process', PATH: '/bin' } });
    expect(['ONE', 'TWO', 'THREE', 'FOUR'].map(config.secret)).toEqual([
      'from dot env',
      'from the process',
      'from a file',
      undefined,
    ]);
    expect(config.childEnvironment).toEqual({ PATH: '/bin' });
    expect(JSON.stringify(config)).not.toContain('from the process');
  });

  it('in a file that cannot be read are a missing configuration', () => {
    const config = load({ processEnvironment: { KEY_FILE: join(project.root, 'nowhere') } });
    expect(() => config.secret('KEY')).toThrow(ConfigError);
    expect(() => config.secret('KEY')).toThrow(expect.objectContaining({ exitCode: 78 }));
  });
});

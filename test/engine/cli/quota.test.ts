import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  origin.route('/a', { body: 'a' });
  project = await commandProject();
  const dag = (id: string, secrets: string) => `import { component, defineDag, quota } from 'signalbox';
const daily = quota('daily', { limit: 3, per: 'day', timezone: 'Australia/Melbourne', reserve: 1 });
const asking = component({
  id: 'asking', quota: daily, isolation: 'inline', baseUrl: '${origin.url}', secrets: ${secrets},
  run: async ({ http, baseUrl }) => (await http.text({ url: baseUrl + '/a' })).status,
});
export default defineDag({ id: '${id}', components: [asking] });
`;
  project.write('dags/calls.ts', dag('calls', "['CALLS_KEY']"));
  project.write('dags/more.ts', dag('more', "['CALLS_KEY']"));
});
afterAll(async () => {
  await project.remove();
  await origin.close();
});

const env = () => ({ SIGNALBOX_ALLOW_HOSTS: `${origin.host}:${origin.port}`, CALLS_KEY: 'key-of-calls' });
const engine = (...args: string[]) => project.engine([...args, '--env', 'dev'], env());

async function listed() {
  const { stdout } = await engine('quota', 'list', '--output', 'json');
  return JSON.parse(stdout) as { readonly used: number; readonly credential: string; readonly dags: string[] }[];
}

describe('engine quota', { timeout: 120_000 }, () => {
  it('counts the calls of all DAGs and environments that share a credential, and defers at the limit', async () => {
    expect((await engine('run', '--dag', 'calls')).code).toBe(0);
    const prd = await project.engine(['run', '--dag', 'more', '--env', 'prd'], env());
    expect(prd.code).toBe(0);
    const [line, ...others] = await listed();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ used: 2, limit: 3, reserve: 1, dags: ['calls', 'more'] });
    expect(line?.credential).toMatch(/^[0-9a-f]{16}$/);
    const third = await engine('run', '--dag', 'calls');
    expect(third.code).toBe(0);
    const why = 'quota daily is used up: 2 of 3 calls this day (1 kept for priority calls); resumes at';
    expect(third.stderr).toContain(`asking deferred: ${why}`);
    expect(third.stdout).toMatch(/^asking +deferred +quota daily is used up/m);
    expect(third.stderr).toMatch(/resumes at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/);
    const table = await engine('quota', 'list');
    expect(table.stdout).toMatch(/^daily +calls, more +[0-9a-f]{16} +day +2 +3 +1 +.*Z +gone$/m);
    expect(table.stdout + table.stderr).not.toContain('key-of-calls');
  });

  it('sets and resets the count, each with an audit row', async () => {
    const set = await engine('quota', 'set', 'daily', '--used', '1');
    expect(set.stdout).toMatch(/^quota daily in dev: 2 calls used before, 1 now, of 3; resets at /);
    expect((await listed())[0]?.used).toBe(1);
    const reset = await engine('quota', 'reset', 'daily');
    expect(reset.stdout).toContain('1 calls used before, 0 now');
    const audit = 'select action, details from signalbox.audit order by at';
    const rows = await project.engine(['db', 'shell', '--command', audit, '--output', 'json'], env());
    expect(rows.stdout).toContain('quota_set');
    expect(rows.stdout).toContain('quota_reset');
  });

  it('says what is wrong with a name, with a missing count and with a missing secret', async () => {
    const typo = await engine('quota', 'reset', 'dayly');
    expect([typo.code, typo.stderr]).toEqual([2, expect.stringContaining('did you mean `daily`?')]);
    const count = await engine('quota', 'set', 'daily');
    expect([count.code, count.stderr]).toEqual([2, expect.stringContaining('expected --used, got none')]);
    const secret = await project.engine(['quota', 'reset', 'daily', '--env', 'dev'], {});
    expect([secret.code, secret.stderr]).toEqual([78, expect.stringContaining('CALLS_KEY')]);
    const unset = await project.engine(['quota', 'list', '--env', 'dev'], {});
    expect(unset.stdout).toContain('CALLS_KEY not set');
    const sandbox = await project.engine(['quota', 'list'], {});
    expect(sandbox.stdout).toMatch(/^daily +calls, more +sandbox +day +0 /m);
  });
});

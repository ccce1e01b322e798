import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Origin, startOrigin } from '../../harness/origin.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;
let origin: Origin;

beforeAll(async () => {
  origin = await startOrigin();
  project = await commandProject();
  const only = "{ id: 'only', retries: 0, run: async () => { throw new Error('no luck'); } }";
  project.write('dags/few.ts', inlineDag('few', [only], "schedule: '0 * * * *',"));
});
afterAll(async () => {
  await origin.close();
  await project.remove();
});

const tick = (address: string) => project.engine(['tick', '--env', 'dev', '--quiet', '--ping', address]);

describe('tick --ping', () => {
  it('tells once that a tick came to its end, also one in which a component failed', async () => {
    origin.route('/well', { body: 'ok' });
    expect(await tick(`${origin.url}/well`)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(origin.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /well']);
    await project.rows("update schedule set watermark = now() - interval '61 minutes'");
    expect(await tick(`${origin.url}/well`)).toMatchObject({ code: 1, stderr: expect.stringContaining('no luck') });
    expect(origin.requests).toHaveLength(2);
  });

  it.each([
    ['refused', () => `${origin.url}/no-such/secret-key`, /was answered with status 404$/m],
    ['not there', () => 'http://127.0.0.1:1/secret-key', /^signalbox: the ping to 127\.0\.0\.1:1 failed: \S+/m],
    ['no address', () => 'http://no.such.host.invalid/secret-key', /the ping to no\.such\.host\.invalid failed/],
  ])('leaves the exit code as it is when the switch is %s, and shows no key', async (_, address, said) => {
    const { code, stderr } = await tick(address());
    expect(code).toBe(0);
    expect(stderr).toMatch(said);
    expect(stderr).not.toContain('secret-key');
  });

  it('sends a name and a password of the address as such', async () => {
    const { code, stderr } = await tick(`${origin.url.replace('//', '//me:secret%20key@')}/well`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const basic = `Basic ${Buffer.from('me:secret key').toString('base64')}`;
    expect(origin.requests.at(-1)?.headers.authorization).toBe(basic);
  });

  it('takes web addresses only', async () => {
    const { code, stderr } = await project.engine(['tick', '--env', 'dev', '--ping', 'ftp://example.org']);
    expect(code).toBe(2);
    expect(stderr).toContain('an address such as https://example.org/ping/1234');
  });
});

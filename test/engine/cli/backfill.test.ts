import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backfill, BackfillSlot } from '../../../engine/model/backfill.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

/** Hangs on 2 March while there is a file `hang`, and fails on 3 March while there is a file `broken`. */
const daily = `import { existsSync } from 'node:fs';
import { component, defineDag } from 'signalbox';

const only = component({ id: 'only', isolation: 'inline', retries: 0, run: async ({ interval, log, signal }) => {
  const day = interval.end.toISOString().slice(0, 10);
  if (day === '2026-03-02' && existsSync('hang')) {
    log.info('hangs');
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  }
  if (day === '2026-03-03' && existsSync('broken')) throw new Error('no luck');
  return day;
} });
const monday = component({ id: 'monday', isolation: 'inline', cron: '0 0 * * 1', run: async () => 1 });

export default defineDag({ id: 'daily', schedule: '0 0 * * *', components: [only, monday] });
`;

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  project.write('dags/daily.ts', daily);
  project.write('other/far.ts', daily.replace("'daily'", "'far'"));
  project.write('dags/bare.ts', inlineDag('bare', ["{ id: 'only', run: async () => 1 }"]));
});
afterAll(() => project.remove());

const inDev = ['--env', 'dev'];
const march = (from: number, to: number) => ['--from', `2026-03-0${from}`, '--to', `2026-03-0${to}`];
const create = (...args: string[]) => project.engine(['backfill', 'create', '--dag', 'daily', ...inDev, ...args]);
const remove = (name: string) => rmSync(join(project.root, name));

type Status = Backfill & { readonly slots: readonly BackfillSlot[] };

async function statusOf(id = 'last'): Promise<Status> {
  const { code, stdout } = await project.engine(['backfill', 'status', id, ...inDev, '--output', 'json']);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Status;
}

describe('engine backfill create', () => {
  it('says under --dry-run which slots it would fill, and writes nothing', async () => {
    const { code, stdout, stderr } = await create(...march(1, 3), '--dry-run');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '2026-03-01 00:00:00Z\n2026-03-02 00:00:00Z\n2026-03-03 00:00:00Z\n',
      stderr: 'a backfill of daily in dev: would fill 3 slots\n',
    });
    const planned = await create(...march(1, 1), '--dry-run', '--output', 'json');
    expect(JSON.parse(planned.stdout)).toMatchObject({
      id: null,
      slots: [{ slot: '2026-03-01T00:00:00.000Z' }],
      left: [],
    });
    expect(await project.rows('select id from backfill union all select id from run')).toEqual([]);
  });

  it('makes the runs, and ends with 1 when one of them failed', async () => {
    project.write('broken', '');
    const { code, stdout, stderr } = await create(...march(2, 3));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^backfill [\da-f-]+ of daily in dev: 2 slots$/m);
    expect(stderr).toMatch(/^backfill [\da-f-]+ of daily in dev: completed; 1 failed, 1 success$/m);
    expect(stdout).toMatch(/^for the slot of 2026-03-02 00:00:00Z \(backfill\):\ndaily in dev: success in /m);
    expect(stdout).toMatch(/^only +failed .*no luck$/m);
    remove('broken');
  });

  it('fills what has failed when it is told to, and says how to fill the rest', async () => {
    const none = await create(...march(2, 3));
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect(none.stderr).toMatch(
      /^a backfill of daily in dev: no slot to fill; 2 slots had a run: .*--reprocess failed/,
    );
    const failed = await create(...march(2, 3), '--reprocess', 'failed');
    expect(failed).toMatchObject({ code: 0 });
    expect(failed.stderr).toMatch(/: 1 slot; 1 slot had a success: .*--reprocess completed/);
    expect(await project.rows('select id from backfill')).toHaveLength(2);
  });

  it('takes some components, the newest slot first, and says nothing under --quiet', async () => {
    const all = ['--reprocess', 'completed', '--run-backwards', '--component', 'only', '--max-active', '2', '--quiet'];
    expect(await create(...march(1, 2), ...all)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const { selection, maxActive, backwards, counts } = await statusOf();
    expect({ selection, maxActive, backwards, counts }).toEqual({
      selection: { components: ['only'] },
      maxActive: 2,
      backwards: true,
      counts: { success: 2 },
    });
  });

  it.each([
    ['no environment', ['--dag', 'daily', ...march(1, 2)], 78, 'expected --env, got none'],
    ['no DAG', [...inDev, ...march(1, 2)], 2, 'expected --dag, got none'],
    ['half a span', ['--dag', 'daily', ...inDev, '--from', '2026-03-01'], 2, 'expected --from and --to, got not both'],
    ['a span backwards', ['--dag', 'daily', ...inDev, ...march(3, 1)], 2, 'expected --from before --to'],
    ['a day that is none', ['--dag', 'daily', ...inDev, '--from', '2026-02-30', '--to', '2026-03-01'], 2, '2026-02-30'],
    ['a file that no tick finds', ['--dag', 'other/far.ts', ...inDev, ...march(1, 2)], 2, 'got `far`; known here'],
    ['a DAG without a schedule', ['--dag', 'bare', ...inDev, ...march(1, 2)], 2, 'to have a schedule, got none'],
    ['a component that is none', ['--dag', 'daily', ...inDev, ...march(1, 2), '--component', 'onyl'], 2, 'got `onyl`'],
    ['none at a time', ['--dag', 'daily', ...inDev, ...march(1, 2), '--max-active', '0'], 2, 'from 1 to 64'],
    [
      'another reprocess',
      ['--dag', 'daily', ...inDev, ...march(1, 2), '--reprocess', 'all'],
      2,
      'none, failed, completed',
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const refused = await project.engine(['backfill', 'create', ...args]);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});

describe('a backfill that nobody works on', () => {
  it('is left to a tick by --detach', async () => {
    const { code, stdout } = await create(...march(4, 5), '--detach');
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^[\da-f-]{36}\n$/) });
    expect(await statusOf()).toMatchObject({ status: 'running', counts: { due: 2 } });
    expect((await project.engine(['tick', ...inDev, '--quiet'])).code).toBe(0);
    expect(await statusOf(stdout.trim())).toMatchObject({ status: 'completed', counts: { success: 2 } });
  });

  it('is named when it asks for a component that is gone, and stops no other', async () => {
    const other = (await create(...march(8, 8), '--detach', '--component', 'monday', '--reprocess', 'completed'))
      .stdout;
    await create(...march(8, 8), '--detach', '--component', 'only');
    project.write('dags/daily.ts', daily.replaceAll("'only'", "'sole'"));
    try {
      const { code, stderr } = await project.engine(['tick', ...inDev, '--quiet']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/signalbox: daily: expected backfill/),
      });
      expect(stderr).toContain('got `only`, no longer one of them');
      expect(stderr).toMatch(/Cancel it: node engine backfill cancel [\da-f-]{36} --env dev\./);
      expect(await statusOf(other.trim())).toMatchObject({ status: 'completed' });
      const [, id = ''] = /cancel ([\da-f-]{36})/.exec(stderr) ?? [];
      await project.engine(['backfill', 'cancel', id, ...inDev]);
    } finally {
      project.write('dags/daily.ts', daily);
    }
  });

  it('can be cancelled, once, and is not gone on with', async () => {
    await create(...march(6, 7), '--detach');
    const cancelled = await project.engine(['backfill', 'cancel', 'last', ...inDev]);
    expect(cancelled).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('is cancelled; a run that is at work'),
    });
    const again = await project.engine(['backfill', 'cancel', 'last', ...inDev]);
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('had ended already') });
    const { stdout } = await project.engine(['backfill', 'status', 'last', ...inDev]);
    expect(stdout).toMatch(/: cancelled; 2 not run\n.*; later runs do not go on from it\n\nslot +status +run\n/);
    const gone = await project.engine(['backfill', 'run', 'last', ...inDev]);
    expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining('which is cancelled') });
    const list = await project.engine(['backfill', 'list', ...inDev]);
    expect(list.stdout).toMatch(
      /^[\da-f-]{36} +daily +2026-03-06 00:00:00Z +2026-03-07 00:00:00Z +cancelled +2 not run /m,
    );
  });
});

describe('a backfill whose process was killed', () => {
  it('is gone on with at once, from the slot that was at work', async () => {
    project.write('hang', '');
    const args = ['backfill', 'create', '--dag', 'daily', ...inDev, ...march(1, 4), '--reprocess', 'completed'];
    const killed = project.start([...args, '--verbose']);
    await killed.line(/hangs/);
    killed.kill('SIGKILL');
    await killed.exit;
    remove('hang');
    const { code, stdout } = await project.engine(['backfill', 'run', 'last', ...inDev]);
    expect(code).toBe(0);
    expect(stdout.match(/^for the slot of .*$/gm)).toEqual([
      'for the slot of 2026-03-02 00:00:00Z (backfill):',
      'for the slot of 2026-03-03 00:00:00Z (backfill):',
      'for the slot of 2026-03-04 00:00:00Z (backfill):',
    ]);
    expect(await statusOf()).toMatchObject({ status: 'completed', counts: { success: 4 } });
    expect(
      await project.rows("select status, reason from run where status = 'failed' and reason = 'lost'"),
    ).toHaveLength(1);
  });

  it('is gone on with after a signal, which ends it with its own exit code', async () => {
    project.write('hang', '');
    const args = ['backfill', 'create', '--dag', 'daily', ...inDev, ...march(2, 2), '--reprocess', 'completed'];
    const stopped = project.start([...args, '--verbose']);
    await stopped.line(/hangs/);
    stopped.kill('SIGTERM');
    const { code, stderr } = await stopped.exit;
    remove('hang');
    expect(code).toBe(143);
    const [, command] = /^the rest: node engine (.*), or a tick$/m.exec(stderr) ?? [];
    expect(await project.engine((command ?? '').split(' '))).toMatchObject({ code: 0 });
    expect(await statusOf()).toMatchObject({ status: 'completed', counts: { success: 1 } });
  });
});

describe('engine clear', () => {
  const clear = (...args: string[]) => project.engine(['clear', 'daily', ...inDev, ...march(1, 2), ...args]);

  it('asks for --yes, and shows the slots under --dry-run', async () => {
    const refused = await clear();
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('expected --yes, got none') });
    const { code, stdout } = await clear('--dry-run');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2026-03-01 00:00:00Z\n2026-03-02 00:00:00Z\n' });
  });

  it('leaves a backfill of all slots of the span to the ticks, and an audit row', async () => {
    const { code, stdout } = await clear('--component', 'only', '--yes');
    expect(code).toBe(0);
    const id = stdout.trim();
    expect(await statusOf(id)).toMatchObject({
      status: 'running',
      reprocess: 'completed',
      selection: { components: ['only'] },
      counts: { due: 2 },
    });
    const rows = await project.rows<object>("select action, dag, details ->> 'backfill' as backfill from audit");
    expect(rows).toEqual([{ action: 'clear', dag: 'daily', backfill: id }]);
  });
});

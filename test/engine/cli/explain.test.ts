import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Explanation } from '../../../engine/model/explanation.ts';
import { type CommandProject, commandProject } from './command-project.ts';

/** Of each way in which a component may end one; `feed` reads a file, and fails while that is empty. */
const reasons = `import { readFileSync } from 'node:fs';
import { component, defineDag, quota } from 'signalbox';

const inline = { isolation: 'inline', retries: 0 };
const none = quota('none', { limit: 10, per: 'month' });
const feed = component({
  ...inline,
  id: 'feed',
  frequency: 'yearly',
  sources: () => [{ kind: 'file', id: 'stops', path: 'stops.csv' }],
  run: async ({ source }) => {
    if (readFileSync((await source('stops')).parts[0].path, 'utf8') === '') throw new Error('it is empty');
    return 1;
  },
});
const report = component({ ...inline, id: 'report', frequency: 'yearly', dependsOn: { feed }, run: async () => 2 });
const plain = component({ ...inline, id: 'plain', frequency: 'yearly', run: async () => 3 });
const off = component({ ...inline, id: 'off', enabled: false, run: async () => 4 });
const counted = component({ ...inline, id: 'counted', quota: none, run: async () => 5 });
const late = component({ ...inline, id: 'late', dependsOn: { counted }, run: async () => 6 });

export default defineDag({ id: 'reasons', schedule: '0 * * * *', components: [feed, report, plain, off, counted, late] });
`;

let project: CommandProject;
beforeAll(async () => {
  project = await commandProject();
  project.write('dags/reasons.ts', reasons);
  project.write('stops.csv', 'a');
});
afterAll(() => project.remove());

const run = (...args: string[]) => project.engine(['run', '--dag', 'reasons', '--quiet', ...args]);

async function explained(...args: string[]): Promise<ReadonlyMap<string, Explanation>> {
  const { code, stdout, stderr } = await project.engine(['explain', 'reasons', '--output', 'json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return new Map((JSON.parse(stdout) as Explanation[]).map((one) => [one.component, one]));
}

/** Each as `reason: ways`, with the command of this DAG cut short. */
async function waysNow(): Promise<Readonly<Record<string, readonly string[]>>> {
  const all = await explained();
  const short = (way: string) => way.replace(/node engine run --dag reasons --env sandbox --component/, 'RUN');
  return Object.fromEntries([...all].map(([id, { run: of, toRun }]) => [`${id} ${of?.reason}`, toRun.map(short)]));
}

const changed = [
  'another `version`, other `params`, or a published file that is gone',
  expect.stringMatching(/^forced, whatever changed: RUN \w+ --force$/),
];

describe('what would make it run', () => {
  it('is the first run, before there was one', async () => {
    const all = await explained();
    expect(all.get('feed')?.run).toBeUndefined();
    expect(all.get('feed')?.toRun).toEqual([
      'asked by hand: node engine run --dag reasons --env sandbox --component feed',
    ]);
  });

  it('is told of what ran, is disabled, or lacks calls', async () => {
    await project.engine(['quota', 'set', 'none', '--used', '10']);
    await run();
    expect(await waysNow()).toEqual({
      'feed first_run': ['other content of its source', ...changed],
      'report first_run': ['another output of feed', ...changed],
      'plain first_run': [
        'every run that asks it: it declares neither a source nor an upstream',
        'asked by hand: RUN plain',
      ],
      'off disabled': [
        expect.stringContaining('`enabled: true` in the DAG file'),
        'once, all the same: RUN off --include-disabled',
      ],
      'counted quota_exhausted': [
        'a tick, as soon as calls are left',
        'what is left: node engine quota list --env sandbox',
      ],
      'late upstream_deferred': ['counted, which was deferred: a tick reopens both when it can go on'],
    });
  });

  it('is told of what is unchanged, by the names of what was compared', async () => {
    await run();
    expect(await waysNow()).toMatchObject({
      'feed inputs_unchanged': ['other content of stops', ...changed],
      'report inputs_unchanged': ['another output of feed', ...changed],
    });
  });

  it('is told of what failed, and of what that stopped', async () => {
    project.write('stops.csv', '');
    await run();
    expect(await waysNow()).toMatchObject({
      'feed error': [
        'the next run that asks it, for what ended as failed leaves its slot open',
        'asked by hand: RUN feed',
      ],
      'report upstream_failed': [
        'a success of feed',
        'with all that it needs: RUN report --upstream',
        'a `rule` that is met without it, or `optional(…)` around it',
      ],
    });
    project.write('stops.csv', 'a');
  });

  it('is told of what was not due, with its next slot, and of what was not asked', async () => {
    await run();
    await run('--due');
    const year = new Date().getUTCFullYear() + 1;
    expect(await waysNow()).toMatchObject({
      'plain not_due': [
        `its next slot, ${year}-01-01 00:00:00Z`,
        'asked by hand: RUN plain',
        'forced, whatever changed: RUN plain --force',
      ],
    });
    await run('--component', 'plain');
    expect(await waysNow()).toMatchObject({ 'feed not_selected': ['asked by hand: RUN feed', expect.anything()] });
  });
});

describe('engine explain', () => {
  it('shows the checks in order, and what a component needs to run by itself', async () => {
    await run();
    const { code, stdout, stderr } = await project.engine(['explain', 'reasons.report']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^reasons\.report in sandbox: unchanged \(inputs unchanged\) in run [\da-f-]+, manual, started [-\d]+ [\d:]+Z$/m,
    );
    expect(stdout).toMatch(/^ {2}enabled: .*\n {2}selected: .*\n {2}due: .*\n {2}upstreams: /m);
    expect(stdout).toMatch(/^ {2}ok {2}schedule: 0 0 1 1 \* UTC, next \d{4}-01-01 00:00:00Z$/m);
    expect(stdout).toMatch(/^ {2}no {2}tick: no tick ever ran in sandbox: node engine crontab install --env sandbox$/m);
  });

  it('shows a DAG, with each thing that is in the way once', async () => {
    const { stdout } = await project.engine(['explain', 'reasons']);
    expect(stdout).toMatch(/^feed +unchanged +.* no: tick$/m);
    expect(stdout).toMatch(/^off +skipped +it is disabled +no: enabled, tick$/m);
    expect(stdout.match(/no tick ever ran/g)).toHaveLength(1);
    expect(stdout).toMatch(/^no enabled: it is disabled in sandbox \(off\)$/m);
    expect(stdout).toMatch(/^Each in full: node engine explain reasons\.<component> --env sandbox$/m);
  });

  it('goes back to a run that is named, in its own environment only', async () => {
    await run('--force', '--component', 'feed');
    await run();
    const [forced] = await project.rows<{ id: string }>('select id from run where forced');
    const id = forced?.id ?? '';
    expect((await explained('--run', id)).get('feed')?.run).toMatchObject({ runId: id, reason: 'forced' });
    const { code, stderr } = await project.engine(['explain', 'reasons', '--run', id, '--env', 'dev']);
    expect(code).toBe(2);
    expect(stderr).toBe(`signalbox: expected a run of reasons in dev, got ${id}, which is one of reasons in sandbox\n`);
  });

  it('tells of a DAG elsewhere with commands that find it', async () => {
    project.write('other/far.ts', reasons.replace("id: 'reasons'", "id: 'far'"));
    const { stdout } = await project.engine(['explain', 'other/far.ts']);
    const [, command = ''] =
      /^Each in full: node engine (explain other\/far\.ts\.<component> --env sandbox)$/m.exec(stdout) ?? [];
    const one = await project.engine(command.replace('<component>', 'feed').split(' '));
    expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(/^far\.feed in sandbox: no run has decided/) });
    expect(one.stdout).toContain('asked by hand: node engine run --dag other/far.ts --env sandbox --component feed');
  });

  it('knows what was meant by a name that is none', async () => {
    const { code, stderr } = await project.engine(['explain', 'reasons.repot']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'signalbox: expected a component of reasons, got `repot`\n  did you mean `report`?\n',
    });
  });
});

describe('slots and ticks', () => {
  it('shows the slots that got no run, a pause, and the last tick', async () => {
    await project.engine(['tick', '--env', 'sandbox']);
    await project.rows("update schedule set watermark = now() - interval '3 days'");
    await project.engine(['tick', '--env', 'sandbox']);
    await project.engine(['pause', 'reasons', '--env', 'sandbox']);
    const { stdout } = await project.engine(['explain', 'reasons.feed']);
    expect(stdout).toMatch(/^slots, newest first:\n {2}[-\d]+ [\d:]+Z created run [\da-f-]+$/m);
    expect(stdout).toMatch(/^ {2}[-\d]+ [\d:]+Z.* missed \((superseded|window|outside tolerance)\)$/m);
    expect(stdout).toMatch(/^ {2}ok {2}tick: the last tick was at [-\d]+ [\d:]+Z$/m);
    expect(stdout).toMatch(/^ {2}no {2}paused: reasons is paused by \w+: node engine unpause reasons --env sandbox$/m);
    await project.rows("update tick set started_at = now() - interval '3 hours'");
    const late = (await explained()).get('feed')?.checklist.find(({ item }) => item === 'tick');
    expect(late).toMatchObject({ ok: false, because: expect.stringMatching(/: node engine crontab install/) });
  });
});

describe('a backfill', () => {
  it('does not stand for the present', async () => {
    const present = (await explained()).get('feed')?.run?.runId;
    const span = ['--from', '2026-03-01', '--to', '2026-03-01'];
    await project.engine(['backfill', 'create', '--dag', 'reasons', '--env', 'sandbox', '--quiet', ...span]);
    expect(await project.rows("select 1 from run where trigger = 'backfill'")).toHaveLength(1);
    expect((await explained()).get('feed')?.run?.runId).toBe(present);
  });
});

import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, component, defineDag } from 'signalbox';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunComponentOptions, rigComponent } from '../../harness/run-component.ts';
import { death, isAlive } from '../../harness/run-processes.ts';

let folder: string;

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-command-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rigCommand(command: Command, options: RunComponentOptions = {}) {
  const dag = defineDag({ id: 'commands', components: [component({ id: 'program', command })] });
  return rigComponent(dag, 'program', { folder, ...options });
}

async function run(command: Command, options: RunComponentOptions = {}) {
  const rig = rigCommand(command, options);
  const outcome = await rig.attempt();
  return { outcome, lines: rig.logs.map(({ message }) => message) };
}

test('exit code 0 is success, with no output', async () => {
  expect((await run(['true'])).outcome).toMatchObject({ status: 'success', output: null, datasets: [], evidence: [] });
});

test.each([
  [['sh', '-c', 'echo one; echo two >&2; exit 3'], 'sh ended with exit code 3', { exitCode: 3, signal: null }],
  [['sh', '-c', 'kill -KILL $$'], 'sh ended with signal SIGKILL', { exitCode: null, signal: 'SIGKILL' }],
] as const)('%s fails with how it ended', async (command, message, details) => {
  const { outcome } = await run(command);
  expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'error', details } });
  expect(outcome).toHaveProperty('failure.message', expect.stringContaining(message));
});

test('the failure quotes the last lines, of which there may be many', async () => {
  const { outcome, lines } = await run(['sh', '-c', 'seq 1 500; exit 1']);
  expect(lines).toEqual(Array.from({ length: 500 }, (_, index) => `${index + 1}`));
  expect(outcome).toHaveProperty('failure.hint', 'Its last lines: 498 | 499 | 500');
  expect(outcome).toHaveProperty('failure.details.lastLines.length', 20);
});

test('stdout and stderr go to the log, the last line also without its end', async () => {
  const { lines } = await run(['sh', '-c', 'echo out; echo error >&2; printf open']);
  expect(lines.toSorted()).toEqual(['error', 'open', 'out']);
});

describe('a program that cannot be started', () => {
  test('is said so, and not tried again', async () => {
    const { outcome } = await run(['no-such-program-anywhere']);
    expect(outcome).toMatchObject({ status: 'failed', failure: { class: 'error', retryable: false } });
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('no-such-program-anywhere'));
    expect(outcome).toHaveProperty('failure.message', expect.stringContaining('ENOENT'));
  });

  test('a file that is not executable', async () => {
    const file = join(folder, 'plain.sh');
    writeFileSync(file, '#!/bin/sh\ntrue\n');
    expect((await run([file])).outcome).toHaveProperty('failure.message', expect.stringContaining('EACCES'));
    chmodSync(file, 0o755);
    expect((await run([file])).outcome).toMatchObject({ status: 'success' });
  });
});

test('no shell reads the arguments', async () => {
  const words = ['; touch touched', '$(touch touched)', '`touch touched`', '*', '$HOME', "it's", '&& false', '| cat'];
  const { lines } = await run(['printf', '%s\n', ...words]);
  expect(lines).toEqual(words);
});

describe('the environment', () => {
  const saved = { ...process.env };

  beforeEach(() => {
    process.env.LEAKED_PASSWORD = 'hunter22';
    process.env.DATABASE_URL = 'postgres://user:hunter22@localhost/db';
    return () => {
      for (const name of ['LEAKED_PASSWORD', 'DATABASE_URL']) {
        if (saved[name] === undefined) delete process.env[name];
        else process.env[name] = saved[name];
      }
    };
  });

  test('is the short list, who it is run for, and the declared secrets', async () => {
    const { lines } = await run(['env'], { secrets: { PTV_KEY: 'a secret\nof two lines' } });
    const text = lines.join('\n');
    expect(text).not.toContain('hunter22');
    expect(text).toContain('PTV_KEY=a secret\nof two lines');
    expect(lines).toEqual(expect.arrayContaining(['SIGNALBOX_DAG=commands', 'SIGNALBOX_COMPONENT=program']));
    expect(lines).toEqual(expect.arrayContaining(['SIGNALBOX_ENVIRONMENT=sandbox', 'SIGNALBOX_ATTEMPT=1']));
    const names = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split('=')[0] as string);
    const others = names.filter((name) => !name.startsWith('SIGNALBOX_') && name !== 'PTV_KEY');
    const allowed = ['HOME', 'LANG', 'LC_ALL', 'PATH', 'TMPDIR', 'TZ', 'USER', '_', 'PWD', 'SHLVL'];
    expect(others.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('its folder is the engine’s', async () => {
    expect((await run(['pwd', '-P'])).lines).toEqual([realpathSync(process.cwd())]);
  });
});

test('an abort asks the program to end', async () => {
  const abort = new AbortController();
  const rig = rigCommand(['sh', '-c', 'trap "echo leaving; exit 7" TERM; echo $$; while :; do sleep 0.01; done'], {
    signal: abort.signal,
  });
  const outcome = rig.attempt();
  while (rig.logs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort(new Error('enough'));
  expect(await outcome).toMatchObject({ status: 'failed', failure: { details: { exitCode: 7 } } });
  expect(rig.logs.map(({ message }) => message)).toContain('leaving');
});

test('a program that was asked to end before it began is ended', async () => {
  const outcome = await rigCommand(['sleep', '600'], { signal: AbortSignal.abort(new Error('enough')) }).attempt();
  expect(outcome).toMatchObject({ status: 'failed', failure: { details: { signal: 'SIGTERM' } } });
});

test('something it left behind, which holds its output open, is not waited for', async () => {
  const { outcome, lines } = await run(['sh', '-c', 'sleep 600 & echo $!']);
  expect(outcome).toMatchObject({ status: 'success' });
  const left = Number(lines[0]);
  expect(isAlive(left)).toBe(true);
  process.kill(left, 'SIGKILL');
  await death(left);
});

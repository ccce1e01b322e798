import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogFiles, logFileOf } from '../../../engine/report/log-files.ts';
import { createNdjsonReporter } from '../../../engine/report/ndjson.ts';
import {
  at,
  attemptFinished,
  attemptStarted,
  componentFinished,
  ended,
  logged,
  runStarted,
  runSummary,
} from './events.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-logs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { runId } = runStarted([]);
const read = (component: string, attempt: number) =>
  readFileSync(join(folder, logFileOf(runId, component, attempt)), 'utf8');

it('keeps a file for each attempt, each line by itself, as it was logged', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message));
  files.hear(logged('stops', { message: 'one\ntwo\u001b[2J', fields: { page: 3 } }));
  files.hear(logged('stops', { attempt: 2, level: 'error', message: 'again' }));
  files.hear(componentFinished('stops'));
  await files.close();
  expect(read('stops', 1)).toBe(
    `${JSON.stringify({ at: at(1).toISOString(), level: 'info', message: 'one\ntwo\u001b[2J', fields: { page: 3 } })}\n`,
  );
  expect(JSON.parse(read('stops', 2))).toMatchObject({ level: 'error', message: 'again' });
});

it('makes no file for an attempt that logs nothing', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message));
  files.hear(attemptStarted('stops'));
  files.hear(componentFinished('stops'));
  await files.close();
  expect(existsSync(join(folder, 'runs'))).toBe(false);
});

it('ends the file of a failed attempt with what made it fail, its hint and its stack', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message));
  const failure = {
    class: 'error',
    message: 'out of luck',
    hint: 'Look.',
    stack: 'Error: out of luck\n    at x',
  } as const;
  files.hear(logged('stops'));
  files.hear(attemptFinished('stops', { failure }));
  files.hear(attemptFinished('stops', { attempt: 2, failure: { class: 'lost', message: 'gone' } }));
  files.hear(attemptFinished('stops', { attempt: 3, status: 'success' }));
  files.hear(componentFinished('stops'));
  await files.close();
  const [first, last] = read('stops', 1).trimEnd().split('\n');
  expect(JSON.parse(first ?? '')).toMatchObject({ message: 'hello' });
  const { message, hint, stack } = failure;
  expect(JSON.parse(last ?? '')).toEqual({ at: at(4).toISOString(), level: 'error', message, fields: { hint, stack } });
  expect(JSON.parse(read('stops', 2))).toEqual({ at: at(4).toISOString(), level: 'error', message: 'gone' });
  expect(existsSync(join(folder, logFileOf(runId, 'stops', 3)))).toBe(false);
});

it('tells once that a file cannot be written, and goes on', async () => {
  writeFileSync(join(folder, 'runs'), 'in the way');
  const troubles: string[] = [];
  const files = createLogFiles(folder, (error) => troubles.push(error.message));
  files.hear(logged('stops'));
  files.hear(logged('stops'));
  await files.close();
  expect(troubles).toHaveLength(1);
  expect(troubles[0]).toContain('ENOTDIR');
});

it('writes events and the summary as one JSON document a line', () => {
  const lines: string[] = [];
  const reporter = createNdjsonReporter((text) => lines.push(text));
  reporter.hear(logged('stops', { message: 'one\ntwo' }));
  reporter.summary(runSummary([ended('stops')]));
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  const [event, summary] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(event).toMatchObject({ type: 'attempt_logged', at: at(1).toISOString(), message: 'one\ntwo' });
  expect(summary).toMatchObject({ type: 'summary', status: 'success', counts: { success: 1 } });
});

it('that is full says so in its last line, once, and takes no more', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message), { longest: 500, waiting: 100_000 });
  for (let line = 0; line < 100; line += 1) files.hear(logged('stops', { message: 'x'.repeat(90) }));
  await files.close();
  const lines = read('stops', 1).trimEnd().split('\n');
  expect(lines.length).toBeLessThan(10);
  expect(lines.filter((line) => line.includes('this log is full'))).toEqual([lines.at(-1)]);
});

it('of a flood that the disk does not take keeps what fits in memory, and counts the rest', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message), { longest: 1e9, waiting: 10_000 });
  for (let line = 0; line < 1_000; line += 1) files.hear(logged('stops', { message: `${line} ${'x'.repeat(90)}` }));
  await files.close();
  const lines = read('stops', 1)
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { message: string }).message);
  const missing = Number(/^the disk fell behind: (\d+) lines/.exec(lines.at(-1) ?? '')?.[1]);
  expect(lines.length).toBeLessThan(150);
  expect(missing + lines.length - 1).toBe(1_000);
});

it('goes on where the disk has caught up, and says in between what is missing', async () => {
  const files = createLogFiles(folder, (error) => expect.fail(error.message), { longest: 1e9, waiting: 20_000 });
  const kept = 'x'.repeat(30_000);
  files.hear(logged('stops', { message: kept }));
  files.hear(logged('stops', { message: 'dropped' }));
  while (!existsSync(join(folder, logFileOf(runId, 'stops', 1))) || !read('stops', 1).includes('fell behind')) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  files.hear(logged('stops', { message: 'again' }));
  await files.close();
  const messages = read('stops', 1).trimEnd().split('\n');
  expect(messages.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    kept,
    'the disk fell behind: 1 line from here on not kept',
    'again',
  ]);
});

it('that is on a full disk is told once in a run, whatever else there is to log', async () => {
  mkdirSync(join(folder, 'runs', runId), { recursive: true });
  const names = ['a', 'b', 'c'];
  for (const name of names) symlinkSync('/dev/full', join(folder, logFileOf(runId, name, 1)));
  const troubles: string[] = [];
  const files = createLogFiles(folder, (error) => troubles.push(error.message));
  for (const name of names) for (let line = 0; line < 100; line += 1) files.hear(logged(name));
  await files.close();
  expect(troubles).toEqual([expect.stringContaining('ENOSPC')]);
});

import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../engine/clock/system-clock.ts';
import { type ChildRig, rigChildren } from '../../../harness/run-children.ts';

const file = fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url));
let rig: ChildRig;

beforeAll(async () => {
  rig = await rigChildren({ file, clock: systemClock, spare: 1 });
});
afterAll(() => rig.close());

test('what is written to stdout and stderr is in the log when the attempt is over, in order and whole', async () => {
  const { logs } = await rig.attempt('talks');
  const messages = logs.map(({ message }) => message);
  expect(messages).toContain('on stdout');
  expect(messages).toContain('on stderr');
  const numbered = messages.filter((message) => message.startsWith('line '));
  expect(numbered).toEqual(Array.from({ length: 2_000 }, (_, index) => `line ${index + 1}`));
});

test('a flood of lines passes, all of it', async () => {
  const { outcome, logs } = await rig.attempt('floods', { params: { lines: 20_000 } });
  expect(outcome.status).toBe('success');
  expect(logs).toHaveLength(20_000);
});

test('a line that never ends is cut, so that it fills no memory', async () => {
  const { outcome, logs } = await rig.attempt('never-ends-a-line', { params: { chunks: 64 } });
  expect(outcome.status).toBe('success');
  expect(logs.length).toBeGreaterThan(8);
  expect(logs.reduce((sum, { message }) => sum + message.length, 0)).toBe(64 * 65_536);
});

test('the lines of one attempt are not heard by the next one in the same child', async () => {
  const first = await rig.start('talks');
  await first.finish();
  const heard = first.logs.length;
  const next = await rig.attempt('ok');
  expect(next.pid).toBe(first.pid);
  expect(next.logs).toEqual([]);
  expect(first.logs).toHaveLength(heard);
});

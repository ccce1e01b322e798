import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../engine/clock/system-clock.ts';
import { buildEngine } from '../../../harness/engine.ts';
import { bundleProcess } from '../../../harness/run-bundle.ts';
import { blankTask, bundleOf, type ChildRig, rigChildren } from '../../../harness/run-children.ts';
import { death, isAlive } from '../../../harness/run-processes.ts';

const file = fileURLToPath(new URL('./fixtures/hostile.ts', import.meta.url));
let rig: ChildRig;
let parentProgram: string;

beforeAll(async () => {
  rig = await rigChildren({ file, clock: systemClock });
  parentProgram = await bundleProcess(new URL('./fixtures/parent.ts', import.meta.url), rig.folder);
});
afterAll(() => rig.close());

test.each(['grandchild-of-busy', 'grandchild'])('kill -9 of the engine ends %s and what it started', async (id) => {
  const { bundle, dag } = await bundleOf(file, `${rig.folder}/cache`);
  const order = { entry: `${await buildEngine()}/child.js`, bundle, task: blankTask(dag.id, id, rig.folder) };
  const parent = spawn(process.execPath, [parentProgram, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pids: number[] = [];
  for await (const line of createInterface({ input: parent.stdout })) {
    const [, pid] = /^(?:child|grandchild) (\d+)/.exec(line) ?? [];
    if (pid !== undefined) pids.push(Number(pid));
    if (pids.length === 2) break;
  }
  expect(pids.map(isAlive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await Promise.all(pids.map(death));
  expect(pids.map(isAlive)).toEqual([false, false]);
});

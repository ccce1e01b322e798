import childProcess, { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../engine/clock/system-clock.ts';
import { livingBearers } from '../../engine/run/children/process-table.ts';
import { type ChildRig, rigChildren } from '../harness/run-children.ts';

const file = fileURLToPath(new URL('../engine/run/children/fixtures/hostile.ts', import.meta.url));
const cacheDirectory = mkdtempSync(join(tmpdir(), 'signalbox-limits-'));
let rig: ChildRig;

beforeEach(async () => {
  rig = await rigChildren({ file, clock: systemClock, cacheDirectory });
});
afterEach(() => rig.close());
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

const hasPrlimit = ['/usr/bin/prlimit', '/bin/prlimit'].some((path) => existsSync(path));

function limitFiles(soft: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`]);
}

/** This process may open not one file more while `work` goes on. */
async function withoutFiles(work: () => Promise<void>): Promise<void> {
  const soft = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? '1024';
  limitFiles(String(Math.max(...readdirSync('/proc/self/fd').map(Number)) + 40));
  const held: number[] = [];
  try {
    for (;;) held.push(openSync('/dev/null', 'r'));
  } catch {
    // As many as there may be.
  }
  try {
    await work();
  } finally {
    for (const descriptor of held) closeSync(descriptor);
    limitFiles(soft);
  }
}

async function unstarted(): Promise<void> {
  const { outcome } = await rig.attempt('ok');
  expect(outcome).toMatchObject({
    status: 'failed',
    failure: {
      class: 'infra',
      message: expect.stringContaining('could not start a process'),
      hint: expect.any(String),
    },
  });
}

describe('a process that cannot be made', () => {
  it.each(['ENOMEM', 'EAGAIN'])('for %s fails the attempt as infra, and the next one goes well', async (code) => {
    const { fork, spawn } = childProcess;
    const refuse = () => {
      throw Object.assign(new Error(`spawn ${code}`), { code });
    };
    Object.assign(childProcess, { fork: refuse, spawn: refuse });
    syncBuiltinESMExports();
    try {
      await unstarted();
    } finally {
      Object.assign(childProcess, { fork, spawn });
      syncBuiltinESMExports();
    }
    expect((await rig.attempt('ok')).outcome.status).toBe('success');
  });

  it.skipIf(!hasPrlimit)('for want of files (skipped without prlimit) is one as well, for real', async () => {
    await withoutFiles(unstarted);
    expect((await rig.attempt('ok')).outcome.status).toBe('success');
  });
});

it.skipIf(!hasPrlimit)('who may not look (skipped without prlimit) takes nobody for dead', async () => {
  await withoutFiles(async () => {
    expect(() => livingBearers('token')).toThrow('EMFILE');
  });
});

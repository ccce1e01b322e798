import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { isProvenDead, type ProcessIdentity, readProcessIdentity } from '../../state/process-identity.ts';

const self = readProcessIdentity();

function identityOf(pid: number): ProcessIdentity {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const processStarted = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  return { ...self, pid, processStarted };
}

describe.skipIf(process.platform !== 'linux')('a process is proven dead (skipped where there is no /proc)', () => {
  it('when it has ended, and not while it lives, also stopped', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = identityOf(child.pid as number);
    expect(isProvenDead(identity, self)).toBe(false);
    child.kill('SIGSTOP');
    expect(isProvenDead(identity, self)).toBe(false);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    expect(isProvenDead(identity, self)).toBe(true);
  });

  it('when nobody has reaped it yet', async () => {
    // The shell becomes a program that never asks for its children.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const identity = identityOf(Number(line));
    process.kill(Number(line), 'SIGKILL');
    const state = () => readFileSync(`/proc/${line}/stat`, 'utf8').split(') ')[1]?.[0];
    await expect.poll(state).toBe('Z');
    expect(isProvenDead(identity, self)).toBe(true);
    const exit = once(parent, 'exit');
    parent.kill('SIGKILL');
    await exit;
  });

  it('when its pid belongs to one that started at another time', () => {
    expect(isProvenDead({ ...self, processStarted: '1' }, self)).toBe(true);
    expect(isProvenDead(self, self)).toBe(false);
  });

  it.each([
    ['another host', { host: 'elsewhere' }],
    ['another boot', { bootId: 'before' }],
    ['another pid namespace', { pidNamespace: 'pid:[1]' }],
    ['a system that told none of it', { bootId: null, pidNamespace: null, processStarted: null }],
  ])('never of %s: there its lease decides', (_, unlike) => {
    expect(isProvenDead({ ...self, pid: 2 ** 22 + 1, ...unlike }, self)).toBe(false);
  });
});

import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { withLimits } from '../connection-settings.ts';
import type { ConnectionTarget } from '../connection-target.ts';
import { type LeaseOrder, renewForEver } from './renew-for-ever.ts';

/** Of the lease, so that a few late renewals in a row do no harm. */
const SHARE = 6;
/** Most processes are over before: they never start a thread. */
const HEAD_START_MS = 1_000;

const renewText = `
update signalbox.owner set lease_until = now() + $2 * interval '1 millisecond' where id = $1 and retired_at is null`;

/**
 * Renews the lease of an owner from a thread of its own: a component that keeps the main one busy, or a write that waits for
 * the database, loses nothing. Returns what ends that.
 */
export function keepLease(target: ConnectionTarget, owner: string, leaseMs: number): () => Promise<void> {
  const over = new AbortController();
  const thread = startThread(target, owner, leaseMs, over.signal).catch(() => undefined);
  return async () => {
    over.abort();
    await (await thread)?.terminate();
  };
}

async function startThread(
  target: ConnectionTarget,
  owner: string,
  leaseMs: number,
  signal: AbortSignal,
): Promise<Worker | undefined> {
  const everyMs = leaseMs / SHARE;
  await sleep(Math.min(HEAD_START_MS, everyMs), undefined, { signal, ref: false });
  const order: LeaseOrder = {
    owner,
    leaseMs,
    everyMs,
    againMs: everyMs / 10,
    connection: connectionOf(await target.config(), everyMs),
    renewText,
  };
  const pg = createRequire(import.meta.url).resolve('pg');
  const source = `
    const { Client } = require(${JSON.stringify(pg)});
    void (${renewForEver.toString()})(require('node:worker_threads').workerData, Client);`;
  const thread = new Worker(source, { eval: true, workerData: order, stdout: false, stderr: false });
  // A lease that cannot be kept shows in the fences.
  thread.on('error', () => {});
  thread.unref();
  return thread;
}

/** Functions cannot go over to another thread, and none is needed there: no column is read. */
function connectionOf(config: Awaited<ReturnType<ConnectionTarget['config']>>, everyMs: number) {
  const { types: _, ...data } = withLimits(config, {
    role: 'lease',
    statementMs: everyMs,
    connectMs: everyMs,
    answerMs: everyMs,
  });
  return data;
}

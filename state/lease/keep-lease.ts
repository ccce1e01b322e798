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

export interface LeaseTerms {
  readonly leaseMs: number;
  /** Hears a sentence when the thread cannot be started, or ends. */
  readonly onTrouble: (sentence: string) => void;
}

/**
 * Renews the lease of an owner from a thread of its own: a component that keeps the main one busy, or a write that waits for
 * the database, loses nothing. Returns what ends that.
 */
export function keepLease(
  target: ConnectionTarget,
  owner: string,
  { leaseMs, onTrouble }: LeaseTerms,
): () => Promise<void> {
  const over = new AbortController();
  const onError = (error: unknown) => {
    if (over.signal.aborted) return;
    const why = error instanceof Error ? error.message : String(error);
    onTrouble(`this engine cannot renew its lease, and others will take it for dead: ${why}`);
  };
  const thread = startThread(target, owner, leaseMs, over.signal).catch(onError);
  void thread.then((started) => started?.on('error', onError));
  return async () => {
    over.abort();
    const started = await thread;
    await started?.terminate();
  };
}

async function startThread(
  target: ConnectionTarget,
  owner: string,
  leaseMs: number,
  signal: AbortSignal,
): Promise<Worker> {
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

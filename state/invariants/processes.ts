import { readdirSync, readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { tokenVariable } from '../../engine/model/messages.ts';
import { readProcessIdentity } from '../process-identity.ts';
import type { Violation } from './invariant.ts';

/**
 * A process may serve the next attempt when one has ended well. It may not outlive its engine, nor an attempt that had to be
 * stopped.
 */
const endedText = `
select a.id, a.pid, a.status, a.number, c.component, c.run_id as run, a.started_at as "startedAt"
from signalbox.attempt a
join signalbox.component_run c on c.id = a.component_run_id
join signalbox.owner o on o.id = a.owner
where a.pid = any ($1::integer[]) and a.finished_at < now() - $5 * interval '1 millisecond'
  and o.host = $2 and o.boot_id = $3 and o.pid_namespace = $4
  and (o.retired_at is not null or o.lease_until <= now()
    or a.status in ('timed_out', 'cancelled', 'interrupted', 'lost'))
  and not exists (select from signalbox.attempt b where b.pid = a.pid and b.owner = a.owner and b.finished_at is null)
order by a.pid, a.started_at desc`;

interface EndedRow {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
  readonly number: number;
  readonly component: string;
  readonly run: string;
  readonly startedAt: Date;
}

/** proc(5): ticks a second, the same on every Linux. */
const ticks = 100;
const startField = 19;
/** Start times are told in whole ticks since a boot that is told in whole seconds. */
const vagueMs = 2_000;

/** No process of an attempt that has ended lives on this machine. Sees those of this user; nothing where there is no /proc. */
export async function checkProcesses(client: Client, patienceMs: number): Promise<readonly Violation[]> {
  const living = livingChildren();
  const { host, bootId, pidNamespace } = readProcessIdentity();
  if (living.size === 0) return [];
  const values = [[...living.keys()], host, bootId, pidNamespace, patienceMs];
  const { rows } = await client.query<EndedRow>(endedText, values);
  // A pid that was given away again is of a process that began after the attempt.
  const ours = rows.filter(({ pid, startedAt }) => (living.get(pid) ?? Infinity) <= startedAt.getTime() + vagueMs);
  const newest = new Map(ours.toReversed().map((row) => [row.pid, row]));
  return [...newest.values()].map(survivor);
}

function survivor({ id, pid, status, number, component, run }: EndedRow): Violation {
  return {
    invariant: 'ended-attempts-have-no-process',
    rule: 'no process of an attempt that has ended is alive',
    found: `process ${pid} of attempt ${id} (${component}, number ${number}, ${status}, in run ${run}) is alive`,
    mend: `kill -9 ${pid}`,
  };
}

/** Processes that engines have started, by pid, with the milliseconds at which they began. */
function livingChildren(): ReadonlyMap<number, number> {
  const booted = Number(/^btime (\d+)$/m.exec(read('/proc/stat'))?.[1]);
  if (Number.isNaN(booted)) return new Map();
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const marked = pids.filter((pid) => read(`/proc/${pid}/environ`).includes(`${tokenVariable}=`));
  return new Map(marked.map((pid) => [Number(pid), booted * 1_000 + startedMs(pid)]));
}

function startedMs(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[startField];
  return started === undefined ? Infinity : (Number(started) * 1_000) / ticks;
}

/** Empty where it is not to be read: gone, or somebody else's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

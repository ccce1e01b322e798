import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Tells one process from every other, on this machine and elsewhere, now and after its pid was given away again. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Null where the system does not tell (it does on Linux). */
  readonly bootId: string | null;
  /** Two containers show one host name and one boot id; their pids mean different processes. */
  readonly pidNamespace: string | null;
  /** Clock ticks since boot. */
  readonly processStarted: string | null;
}

/** Of proc(5), counted after the name in parentheses, which may hold anything: fields 3 and 22. */
const STATE_FIELD = 0;
const START_FIELD = 19;

/** Dead, but not yet reaped by whoever started it. */
const DEAD_STATES: ReadonlySet<string | undefined> = new Set(['Z', 'X']);

export function readProcessIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: tryRead(() => readlinkSync('/proc/self/ns/pid')),
    processStarted: tryRead(() => readStat('self')[START_FIELD] ?? null),
  };
}

/**
 * Whether that process is dead for certain, as far as one that sees the same pids can tell: nobody has its pid, or somebody
 * who started at another time. False wherever anything is not known.
 */
export function isProvenDead(other: ProcessIdentity, self: ProcessIdentity): boolean {
  const seesIt =
    self.bootId !== null &&
    self.pidNamespace !== null &&
    other.host === self.host &&
    other.bootId === self.bootId &&
    other.pidNamespace === self.pidNamespace;
  if (!seesIt || other.processStarted === null) return false;
  try {
    const fields = readStat(String(other.pid));
    return fields[START_FIELD] !== other.processStarted || DEAD_STATES.has(fields[STATE_FIELD]);
  } catch {
    return isNobody(other.pid);
  }
}

/** Asked of the kernel and not of /proc, which may hide the processes of other users (`hidepid`, proc(5)). */
function isNobody(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function readStat(process: string): readonly string[] {
  const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function tryRead(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

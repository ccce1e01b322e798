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

/** Field 22 of /proc/self/stat (proc(5)), counted after the name in parentheses, which may hold anything. */
const START_FIELD = 19;

export function readProcessIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    bootId: tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: tryRead(() => readlinkSync('/proc/self/ns/pid')),
    processStarted: tryRead(() => startOf(readFileSync('/proc/self/stat', 'utf8'))),
  };
}

function startOf(stat: string): string | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[START_FIELD] ?? null;
}

function tryRead(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

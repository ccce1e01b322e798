import { readdirSync, readFileSync } from 'node:fs';
import { tokenVariable } from '../../model/messages.ts';

/**
 * Who is alive, asked of the kernel. On Linux /proc tells a zombie (dead, not yet reaped) from a living process and shows
 * the environment by which a process that left its group is found; elsewhere signal 0 has to do. Whoever asks while this
 * process may open no more files hears so by a throw.
 */
const hasProc = process.platform === 'linux';

/** Sends the signal to every process of the group; a group that is gone is fine. 0 never started, and would mean our own. */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  if (leader === 0) return;
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The living members of the group, its leader included. */
export function livingMembers(leader: number): readonly number[] {
  if (leader === 0) return [];
  if (!hasProc) return respondsToSignal(-leader) ? [leader] : [];
  return processIds().filter((pid) => {
    const stat = readStat(pid);
    return stat !== undefined && stat.group === leader && stat.state !== 'Z' && stat.state !== 'X';
  });
}

/** Living processes that carry the token in their environment, wherever they hide. Only those of our own user. */
export function livingBearers(token: string): readonly number[] {
  if (!hasProc) return [];
  return processIds().filter((pid) => pid !== process.pid && environmentHolds(pid, token));
}

/**
 * Living processes whose environment holds the mark, and the groups they are in, together with whoever else is in these: one
 * that emptied its environment. Never this process or its group.
 */
export function livingKin(mark: string): { readonly pids: readonly number[]; readonly groups: readonly number[] } {
  const own = readStat(process.pid)?.group;
  const bearers = livingBearers(`${tokenVariable}=${mark}`);
  const all = bearers.flatMap((pid) => readStat(pid)?.group ?? []);
  const groups = [...new Set(all)].filter((group) => group !== own && group > 1);
  return { pids: [...new Set([...bearers, ...groups.flatMap((group) => livingMembers(group))])], groups };
}

export function killEach(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone between the look and the kill.
    }
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** proc(5): the name is in parentheses and may hold anything, so the fields count from the last one. */
function readStat(pid: number): { state: string; group: number } | undefined {
  const text = readProc(pid, 'stat');
  const [state, , group] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return state === undefined || group === undefined ? undefined : { state, group: Number(group) };
}

/** A zombie has an empty environment, so that it never counts. */
function environmentHolds(pid: number, token: string): boolean {
  return readProc(pid, 'environ')?.includes(token) ?? false;
}

/** Of our own making, and no sign that the process is gone. */
const cannotLook: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch (error) {
    if (cannotLook.has((error as NodeJS.ErrnoException).code)) throw error;
    return undefined;
  }
}

function respondsToSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

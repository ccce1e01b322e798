import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Pids that components have written into a folder, one file each, by the name of the file. */
export function readPids(folder: string): Readonly<Record<string, number>> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, Number(readFileSync(`${folder}/${name}`, 'utf8'))]),
  );
}

/** The child processes in which this engine has its attempts carried out, spare ones too, as of now. */
export function workersOf(engine: number): number[] {
  return allPids().filter((pid) => parentOf(pid) === engine && /\/child\.js\0/.test(commandOf(pid)));
}

function allPids(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

/** Field 4 of /proc/<pid>/stat (proc(5)), counted after the name in parentheses. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

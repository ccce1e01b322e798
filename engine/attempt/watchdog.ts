import { Worker } from 'node:worker_threads';

const pollMs = 250;

/**
 * Ends this process and its group when the parent is gone. A thread of its own, because the main one may be busy for
 * ever; polling, because no event tells a process that it was adopted.
 */
export function startWatchdog(): void {
  const parent = process.ppid;
  const source = `
    const parent = ${parent};
    setInterval(() => {
      if (process.ppid === parent) return;
      try { process.kill(-${process.pid}, 'SIGKILL'); } catch { process.kill(${process.pid}, 'SIGKILL'); }
    }, ${pollMs});`;
  const watchdog = new Worker(source, { eval: true, stdout: false, stderr: false });
  watchdog.unref();
}

/** Ends this process and what it started, but for what has left its group. */
export function endGroup(): void {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit();
  }
}

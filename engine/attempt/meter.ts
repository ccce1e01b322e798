import { openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { AttemptMetrics } from '../model/outcome.ts';
import { ownProcessFile } from './own-process-file.ts';

/** Measures one attempt: wall and CPU time, peak memory, calls and bytes of the http client. */
export interface Meter {
  countCalls(calls: number): void;
  countBytesIn(bytes: number): void;
  read(): AttemptMetrics;
}

/** `ownsProcess` is true in a child, where memory and CPU belong to the one attempt. */
export function startMeter(ownsProcess: boolean): Meter {
  const startedMs = performance.now();
  const cpu = ownsProcess ? process.cpuUsage() : undefined;
  if (ownsProcess) resetPeak();
  let calls = 0;
  let bytesIn = 0;
  return {
    countCalls: (more) => {
      calls += more;
    },
    countBytesIn: (bytes) => {
      bytesIn += bytes;
    },
    read: () => ({
      wallMs: round(performance.now() - startedMs),
      ...(calls > 0 ? { calls, bytesIn } : {}),
      ...(cpu ? { cpuMs: cpuMs(process.cpuUsage(cpu)), peakRssBytes: peakRssBytes() } : {}),
    }),
  };
}

function cpuMs({ user, system }: NodeJS.CpuUsage): number {
  return round((user + system) / 1_000);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

let clearRefs: number | undefined;
const readStatus = ownProcessFile('status');

/** The kernel keeps one peak per process; writing 5 resets it (proc(5), clear_refs), so that each attempt has its own. */
function resetPeak(): void {
  try {
    clearRefs ??= openSync('/proc/self/clear_refs', 'w');
    writeSync(clearRefs, '5');
  } catch {
    // Not Linux, or not allowed: the peak is then the process's own.
  }
}

function peakRssBytes(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readStatus() ?? '')?.[1];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) * 1_024;
}

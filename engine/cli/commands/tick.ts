import { createEngine } from '../../embed/create-engine.ts';
import { ping } from '../ping.ts';
import { openReporter, type ReportFlags, reported } from '../reporting.ts';
import { requireEnvironment } from '../require-environment.ts';
import { catchStopSignals } from '../stop-signals.ts';
import { tellTick, tickExitCode } from '../tell-tick.ts';
import type { Terminal } from '../terminal.ts';

interface TickFlags extends ReportFlags {
  readonly env?: string;
  readonly sandboxData?: string;
  readonly ping?: string;
}

/** The line in cron: whatever has become due since it last came. */
export async function tick(
  terminal: Terminal,
  { env, sandboxData, ping: address, ...flags }: TickFlags,
): Promise<number> {
  const engine = createEngine({ environment: requireEnvironment(env) });
  const shown = openReporter(flags, terminal);
  const stopping = catchStopSignals((line) => shown.note(line));
  const { signal, hurry } = stopping;
  const options = { signal, hurry, ...(sandboxData === undefined ? {} : { sandboxData }) };
  try {
    const done = await reported(engine, shown, () => engine.tick(options));
    shown.close();
    tellTick(done, flags, terminal);
    if (address !== undefined && !stopping.received) await ping(address, terminal);
    return tickExitCode(done, stopping.received);
  } finally {
    shown.close();
    await engine.close();
    stopping.release();
  }
}

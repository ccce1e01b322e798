import { loadConfig } from '../../../config/load.ts';
import { systemClock } from '../../clock/system-clock.ts';
import { launchFor } from '../../embed/open-sandbox.ts';
import { oneLine } from '../../report/printable.ts';
import { exitCodes } from '../exit-codes.ts';
import { namedDag } from '../project.ts';
import { requireDag } from '../require-dag.ts';
import { catchStopSignals } from '../stop-signals.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

interface ServeFlags {
  readonly dag?: string;
  readonly port: number;
  readonly date?: string;
  readonly seed?: number;
  readonly sandboxData?: string;
}

/** The origin in the foreground: for trying a component by hand, or a browser. */
export async function sandboxServe(terminal: Terminal, flags: ServeFlags): Promise<number> {
  const { dag, bundle } = await namedDag(requireDag(flags.dag));
  const parts = new Set(dag.components.flatMap(({ sandbox }) => (sandbox ? [sandbox.name] : [])));
  if (parts.size === 0) {
    throw new UsageError(`expected a DAG with sandbox parts, ${dag.id} has none`, 'Add `sandbox` to a component.');
  }
  const config = loadConfig({ environment: 'sandbox' });
  const { date, seed, port, sandboxData } = flags;
  const sandbox = await launchFor(bundle, config, systemClock, {
    port,
    ...(date === undefined ? {} : { date }),
    ...(seed === undefined ? {} : { seed }),
    ...(sandboxData === undefined ? {} : { dataDirectory: sandboxData }),
  });
  const stopping = catchStopSignals(() => {});
  try {
    for (const part of parts) {
      const mode = sandbox.modes[part] === 'files' ? 'files' : 'generated data';
      terminal.out(`${oneLine(part)} ${sandbox.baseUrlOf(part)} (${mode})\n`);
    }
    await Promise.race([aborted(stopping.signal), sandbox.exited]);
  } finally {
    await sandbox.close();
    stopping.release();
  }
  return stopping.received === undefined ? exitCodes.failed : exitCodes[stopping.received];
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

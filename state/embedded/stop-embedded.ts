import { EmbeddedError, errorText } from './embedded-error.ts';
import { type EmbeddedLayout, embeddedLayout } from './layout.ts';
import { connectForLock, connectionTo, isPassing } from './lock-connection.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { stopServer } from './stop-server.ts';

export interface StopEmbeddedOptions {
  readonly home: string;
  /** Stops the server although others use it: their connections are cut, what they committed is kept. */
  readonly force?: boolean;
}

export type StopEmbeddedResult =
  | { readonly stopped: true; readonly pid: number }
  | { readonly stopped: false; readonly reason: 'not_running' }
  /** `clients` counts every other connection, `processes` those that share the lifetime lock. */
  | { readonly stopped: false; readonly reason: 'in_use'; readonly processes: number; readonly clients: number };

export async function stopEmbedded({ home, force = false }: StopEmbeddedOptions): Promise<StopEmbeddedResult> {
  const layout = embeddedLayout(home);
  const server = readPostmasterFile(layout);
  if (!server?.isAlive) return { stopped: false, reason: 'not_running' };
  const refusal = force || !server.socketDir ? undefined : await stopUnlessUsed(layout, server.socketDir);
  if (refusal) return refusal;
  await stopServer(layout);
  return { stopped: true, pid: server.pid };
}

/** Stops with the lock held alone, so that nobody can open in between; else says who is in the way. */
async function stopUnlessUsed(layout: EmbeddedLayout, socketDir: string): Promise<StopEmbeddedResult | undefined> {
  const lock = await connectForLock(connectionTo(socketDir)).catch((cause: unknown) => {
    // A server that has gone meanwhile needs no stopping; one that does not answer may well be in use.
    if (isPassing(cause) && !readPostmasterFile(layout)?.isAlive) return undefined;
    throw cannotAsk(socketDir, cause);
  });
  if (!lock) return undefined;
  try {
    const isAlone = await lock.tryTakeAlone();
    const { connected } = await lock.countOthers();
    if (isAlone && connected === 0) await stopServer(layout);
    else
      return {
        stopped: false,
        reason: 'in_use',
        processes: isAlone ? 0 : await lock.countSharers(),
        clients: connected,
      };
  } finally {
    await lock.end();
  }
  return undefined;
}

function cannotAsk(socketDir: string, cause: unknown): EmbeddedError {
  return new EmbeddedError({
    expected: `the embedded database at ${socketDir} to say who uses it`,
    got: errorText(cause),
    hint: 'Stop it with force to stop it regardless.',
    cause,
  });
}

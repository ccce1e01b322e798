import { pathToFileURL } from 'node:url';
import { startSandbox } from '../../components/sandbox/server.ts';
import type { Dag } from '../model/component.ts';
import { importModule } from '../model/import-module.ts';
import type { SandboxPart } from '../model/sandbox.ts';
import type { SandboxOrder, SandboxReady, SandboxRefused } from './messages.ts';

/** The sandbox origin in a process of its own: a source is across a border in the sandbox too. Ends with its parent. */
async function serve({ bundle, seed, date, dataDirectory, port }: SandboxOrder): Promise<void> {
  const { default: dag } = (await importModule(pathToFileURL(bundle).href)) as { default: Dag };
  const parts = new Map<string, SandboxPart>();
  for (const { sandbox } of dag.components) if (sandbox) parts.set(sandbox.name, sandbox);
  const directory = dataDirectory === undefined ? {} : { dataDirectory };
  const server = await startSandbox({ parts: [...parts.values()], seed, date, port, ...directory });
  send({ type: 'ready', host: server.host, port: server.port, modes: Object.fromEntries(server.modes) });
}

function send(message: SandboxReady | SandboxRefused): void {
  process.send?.(message);
}

process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole terminal; the origin answers until its parent is done with it.
process.on('SIGINT', () => {});
process.once('message', (order: SandboxOrder) => {
  serve(order).catch((error: unknown) => {
    send({ type: 'refused', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.disconnect();
  });
});

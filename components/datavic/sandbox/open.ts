import type { SandboxHandler, SandboxWorld } from 'signalbox';
import { answerAction } from './actions.ts';
import type { Catalogue } from './catalogue.ts';
import { packageFiles } from './files.ts';
import { generatedPackages } from './generated.ts';

export async function openPortal(world: SandboxWorld): Promise<SandboxHandler> {
  return world.directory === undefined ? generated(world) : fromFiles(world, world.directory);
}

function generated({ seed, date }: SandboxWorld): SandboxHandler {
  const packages = generatedPackages(seed, date);
  return handler('generated', async () => packages);
}

/** A portal has more packages than those given: the others stay, so that whoever needs them still runs. */
async function fromFiles({ seed, date }: SandboxWorld, directory: string): Promise<SandboxHandler> {
  const files = await packageFiles(directory);
  const others = generatedPackages(seed, date);
  return handler('files', async () => {
    const given = await files();
    return [...given, ...others.filter(({ name }) => given.every((one) => one.name !== name))];
  });
}

function handler(mode: SandboxHandler['mode'], catalogue: Catalogue): SandboxHandler {
  return { mode, handle: (request) => answerAction(request, catalogue) };
}

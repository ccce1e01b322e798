import type { SandboxHandler, SandboxPart, SandboxWorld } from 'signalbox';
import { answerAction } from './sandbox/actions.ts';
import type { Catalogue } from './sandbox/catalogue.ts';
import { packageFiles } from './sandbox/files.ts';
import { generatedPackages } from './sandbox/generated.ts';

/** Stands in for the CKAN portal. Like CKAN it sends no validators. */
export const datavicSandbox: SandboxPart = {
  name: 'datavic',
  layout: [
    '<package name>/*.csv, one CKAN resource each, paged as text with `_id` by datastore_search',
    'at least one package; one that is not there stays generated',
  ],
  open: async (world) => (world.directory === undefined ? generated(world) : fromFiles(world, world.directory)),
};

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

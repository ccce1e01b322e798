import type { SandboxPart } from 'signalbox';

/** Stands in for the CKAN portal. Like CKAN it sends no validators. */
export const datavicSandbox: SandboxPart = {
  name: 'datavic',
  layout: [
    '<package name>/*.csv, one CKAN resource each, paged as text with `_id` by datastore_search',
    'at least one package; one that is not there stays generated',
  ],
  open: async (world) => (await import('./sandbox/open.ts')).openPortal(world),
};

import { type ComponentHandle, type ComponentOptions, component, type HttpSource } from 'signalbox';
import { packageRequest } from '../http/ckan/requests.ts';
import { type DatavicDiscoveryOutput, discoveryOutput } from './output.ts';
import { liveBaseUrl } from './portal.ts';
import { datavicSandbox } from './sandbox.ts';

export interface DatavicDiscoveryOptions {
  /** Names, as in the portal's addresses: they stay, where resource ids change with every release. */
  readonly packages: readonly string[];
  readonly baseUrl?: string;
}

/** Finds the newest release of packages on Victoria's CKAN portal. */
export function datavicDiscovery(
  options: ComponentOptions & DatavicDiscoveryOptions,
): ComponentHandle<DatavicDiscoveryOutput> {
  const { packages, baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { packages },
    sandbox: datavicSandbox,
    output: discoveryOutput,
    sources: ({ params, baseUrl: origin }) => params.packages.map((name) => packageSource(name, origin)),
    run: async (context) => (await import('./resources.ts')).publishResources(context, context.params.packages),
  });
}

function packageSource(name: string, baseUrl: string): HttpSource {
  return {
    kind: 'http',
    id: name,
    request: packageRequest({ url: baseUrl }, name),
    digest: async (body) => (await import('./resources.ts')).resourcesDigest(name, body),
  };
}

import { type ComponentHandle, type ComponentOptions, component, FailureError, type HttpSource } from 'signalbox';
import { nextPage } from '../http/ckan/next-page.ts';
import { rowsRequest } from '../http/ckan/requests.ts';
import { type DatavicDiscoveryOutput, type PatronageOutput, patronageOutput } from './output.ts';
import { liveBaseUrl } from './portal.ts';
import { datavicSandbox } from './sandbox.ts';

export const stationPatronagePackage = 'annual-metropolitan-train-station-patronage-station-entries';
export const monthlyPatronagePackage = 'monthly-average-patronage-by-day-type-and-by-mode';

/** `discovery` says which resource to read; `schedule` comes first so that stations and modes are there to join. */
export type PatronageUpstreams = {
  readonly discovery: ComponentHandle<DatavicDiscoveryOutput>;
  readonly schedule: ComponentHandle;
};

export interface PatronageOptions {
  /** Name of the package; it has to be among those of the discovery. */
  readonly package?: string;
  readonly baseUrl?: string;
}

type PatronageDefinition = ComponentOptions<PatronageUpstreams> & PatronageOptions;

/** Entries of every metropolitan train station in a financial year, as `station_patronage_annual`. */
export function stationPatronageAnnual(options: PatronageDefinition): ComponentHandle<PatronageOutput> {
  return patronage('station_patronage_annual', { package: stationPatronagePackage, ...options });
}

/** Average patronage a day by month, day type and mode, as `patronage_monthly`. */
export function patronageMonthly(options: PatronageDefinition): ComponentHandle<PatronageOutput> {
  return patronage('patronage_monthly', { package: monthlyPatronagePackage, ...options });
}

function patronage(
  dataset: string,
  options: PatronageDefinition & { readonly package: string },
): ComponentHandle<PatronageOutput> {
  const { package: name, baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { package: name },
    sandbox: datavicSandbox,
    output: patronageOutput,
    sources: ({ params, inputs, baseUrl: origin }) => [
      rowsSource(origin, resourceOf(params.package, inputs.discovery)),
    ],
    run: async (context) => (await import('./rows.ts')).publishRows(context, dataset),
  });
}

function rowsSource(baseUrl: string, resourceId: string): HttpSource {
  return {
    kind: 'http',
    id: 'rows',
    request: rowsRequest({ url: baseUrl }, resourceId, 0),
    next: nextPage({ url: baseUrl }, resourceId),
    digest: async (body) => (await import('../http/ckan/rows-digest.ts')).rowsDigest(body),
  };
}

function resourceOf(name: string, { packages }: DatavicDiscoveryOutput): string {
  const found = packages[name];
  if (found) return found.resourceId;
  throw new FailureError({
    class: 'error',
    message: `expected the discovery to know package ${name}, got ${Object.keys(packages).join(', ') || 'none'}`,
    hint: `Add '${name}' to \`packages\` of datavicDiscovery in the DAG.`,
    retryable: false,
  });
}

import {
  type ComponentContext,
  type ComponentHandle,
  type ComponentOptions,
  component,
  FailureError,
  type HttpSource,
} from 'signalbox';
import { z } from 'zod';
import { contentDigest } from '../http/content-digest.ts';
import type { DatavicDiscoveryOutput } from './discovery.ts';
import { addedFields, decodePage, nextPage, readPage } from './pages.ts';
import { liveBaseUrl, rowsRequest } from './requests.ts';
import { datavicSandbox } from './sandbox.ts';
import { readTable } from './table.ts';

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

const output = z.object({ rows: z.number() });
export type PatronageOutput = z.output<typeof output>;

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
    output,
    sources: (scope) => [rowsSource(scope.baseUrl, resourceOf(name, scope.inputs.discovery))],
    run: (context) => publishRows(context, dataset),
  });
}

function rowsSource(baseUrl: string, resourceId: string): HttpSource {
  return {
    kind: 'http',
    id: 'rows',
    request: rowsRequest(baseUrl, resourceId, 0),
    next: nextPage(baseUrl, resourceId),
    // The body also names its host (`help`, `_links`) and the resource, and numbers the rows anew with every upload.
    digest: (body) => contentDigest(body, readContent),
  };
}

function readContent(bytes: Uint8Array): readonly unknown[] {
  const { fields, total, records } = decodePage(bytes);
  const rows = records.map((record) => Object.entries(record).filter(([field]) => !addedFields.has(field)));
  return [{ fields, total }, ...rows];
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

async function publishRows(
  context: Pick<ComponentContext, 'source' | 'sql' | 'warn'>,
  dataset: string,
): Promise<PatronageOutput> {
  const { parts } = await context.source('rows');
  const { columns, rows, blankRows } = readTable(await Promise.all(parts.map(readPage)));
  if (blankRows > 0) {
    const message = `${blankRows} blank rows of ${dataset} were left out`;
    context.warn({ code: 'blank_rows', message, count: blankRows });
  }
  const sql = await context.sql();
  await sql.stageRows(dataset, columns, rows);
  return { rows: rows.length };
}

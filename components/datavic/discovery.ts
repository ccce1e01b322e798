import { readFile } from 'node:fs/promises';
import {
  type CellValue,
  type ComponentContext,
  type ComponentHandle,
  type ComponentOptions,
  component,
  type HttpSource,
} from 'signalbox';
import { z } from 'zod';
import { contentDigest } from '../http/content-digest.ts';
import { decodePackage, newestRelease, type Package, type Resource } from './packages.ts';
import { liveBaseUrl, packageRequest } from './requests.ts';
import { datavicSandbox } from './sandbox.ts';

export interface DatavicDiscoveryOptions {
  /** Names, as in the portal's addresses: they stay, where resource ids change with every release. */
  readonly packages: readonly string[];
  readonly baseUrl?: string;
}

/** Package name → the resource of its newest release. */
const output = z.object({ packages: z.record(z.string(), z.object({ resourceId: z.string() })) });
export type DatavicDiscoveryOutput = z.output<typeof output>;

const columns = [
  { name: 'package', type: 'VARCHAR' },
  { name: 'resource_id', type: 'VARCHAR' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'format', type: 'VARCHAR' },
  { name: 'datastore_active', type: 'BOOLEAN' },
  { name: 'created', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'last_modified', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'size', type: 'BIGINT' },
  { name: 'newest', type: 'BOOLEAN' },
  { name: 'url', type: 'VARCHAR' },
] as const;

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
    output,
    sources: (scope) => packages.map((name) => packageSource(name, scope.baseUrl)),
    run: (context) => publishResources(context, packages),
  });
}

function packageSource(name: string, baseUrl: string): HttpSource {
  return {
    kind: 'http',
    id: name,
    request: packageRequest(baseUrl, name),
    // Not the url, which names the host, and nothing of the package but its resources.
    digest: (body) => contentDigest(body, (bytes) => decodePackage(bytes, name).resources.map(withoutUrl)),
  };
}

function withoutUrl(resource: Resource): object {
  return { ...resource, url: undefined };
}

async function publishResources(
  context: Pick<ComponentContext, 'source' | 'sql'>,
  names: readonly string[],
): Promise<DatavicDiscoveryOutput> {
  const packages = await Promise.all(names.map((name) => readPackage(context, name)));
  const newest = packages.map((found) => newestRelease(found).id);
  const rows = packages.flatMap(({ resources }, index) =>
    resources.map((one) => rowOf(names[index] as string, one, one.id === newest[index])),
  );
  const sql = await context.sql();
  await sql.stageRows('datavic_resources', columns, rows, { volatile: ['url'] });
  return { packages: Object.fromEntries(names.map((name, index) => [name, { resourceId: newest[index] as string }])) };
}

async function readPackage(context: Pick<ComponentContext, 'source'>, name: string): Promise<Package> {
  const { parts, evidence } = await context.source(name);
  const body = parts[0];
  if (!body) throw new Error(`Internal error: package ${name} was landed without a body`);
  return decodePackage(await readFile(body.path), name, evidence.parts[0]?.contentType);
}

function rowOf(name: string, resource: Resource, isNewest: boolean): readonly CellValue[] {
  const { id, ...own } = resource;
  const record: Readonly<Record<string, CellValue>> = { ...own, package: name, resource_id: id, newest: isNewest };
  return columns.map((column) => record[column.name]);
}

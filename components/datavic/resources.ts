import { readFile } from 'node:fs/promises';
import type { CellValue, ComponentContext, LandedBody } from 'signalbox';
import { contentDigest } from '../http/content-digest.ts';
import type { DatavicDiscoveryOutput } from './output.ts';
import { decodePackage, newestRelease, type Package, type Resource } from './packages.ts';

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

/** Not over the url, which names the host, and over nothing of the package but its resources. */
export async function resourcesDigest(name: string, body: LandedBody): Promise<string> {
  return contentDigest(body, (bytes) => decodePackage(bytes, name).resources.map(withoutUrl));
}

function withoutUrl(resource: Resource): object {
  return { ...resource, url: undefined };
}

/** Publishes the resources of all packages as one table. */
export async function publishResources(
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

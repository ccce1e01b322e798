import { type HttpClient, type Json, sourceFailure } from 'signalbox';
import { z } from 'zod';
import { listOf } from '../expected-shape.ts';
import { resultOf } from './envelope.ts';
import { countRequest, type Portal, packageRequest } from './requests.ts';

const resourceSchema = z.object({ id: z.string(), last_modified: z.string().nullish() });
const packageSchema = z.object({ metadata_modified: z.string().nullish(), resources: listOf(resourceSchema) });
const countSchema = z.object({ total: z.int().nonnegative() });

/**
 * What CKAN says of a resource without showing its rows: when package and resource were edited, and how many rows there are.
 * The package's time moves with descriptions, too, and with rows that are put in through the datastore neither does.
 */
export async function resourceState(
  http: HttpClient,
  portal: Portal,
  packageName: string,
  resourceId: string,
): Promise<Json> {
  const [shown, counted] = await Promise.all([
    http.json(packageRequest(portal, packageName)),
    http.json(countRequest(portal, resourceId)),
  ]);
  const found = resultOf(shown.body, `package ${packageName}`, packageSchema);
  const { total } = resultOf(counted.body, 'rows of the datastore', countSchema);
  const resource = found.resources.find(({ id }) => id === resourceId);
  if (!resource) throw unknownResource(packageName, resourceId, found.resources);
  return { metadataModified: found.metadata_modified ?? null, lastModified: resource.last_modified ?? null, total };
}

function unknownResource(name: string, id: string, resources: readonly { readonly id: string }[]): Error {
  const listed = resources.map((resource) => resource.id).join(', ') || 'none';
  return sourceFailure(`expected package ${name} to hold resource ${id}, got ${listed}`, {
    hint: 'Resource ids change between releases: look for the new one.',
  });
}

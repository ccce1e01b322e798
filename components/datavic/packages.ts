import { sourceFailure } from 'signalbox';
import { z } from 'zod';
import { openEnvelope } from '../http/ckan/envelope.ts';
import { listOf } from '../http/expected-shape.ts';

const flag = z.union([z.boolean(), z.string().transform((text) => text.toLowerCase() === 'true')]);
/** CKAN writes UTC without saying so. What is no date is as good as none. */
const instant = z.string().transform((text) => {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?$/.exec(text);
  return match ? `${match[1]}${match[2] ?? 'Z'}` : null;
});

const resourceSchema = z.object({
  id: z.string(),
  name: z.string().nullish(),
  format: z.string().nullish(),
  datastore_active: flag.nullish(),
  created: instant.nullish(),
  last_modified: instant.nullish(),
  size: z.int().nullish().catch(null),
  url: z.string().nullish(),
});
const packageSchema = z.object({ name: z.string(), resources: listOf(resourceSchema) });

export type Resource = z.output<typeof resourceSchema>;
export type Package = z.output<typeof packageSchema>;

/** `GET package_show`. */
export function decodePackage(bytes: Uint8Array, name: string, contentType?: string): Package {
  return openEnvelope(bytes, `package ${name}`, packageSchema, contentType);
}

/**
 * The newest release of a package: of the CSV resources that the datastore can page through, the one modified last, by
 * `last_modified`, else by `created`; of equals the one made last, then the one listed last. The package's own
 * `metadata_modified` says nothing: it moves when a description is edited.
 */
export function newestRelease({ name, resources }: Package): Resource {
  const candidates = resources.filter((one) => one.datastore_active === true && isCsv(one));
  const newest = candidates
    .toSorted((left, right) => modified(left) - modified(right) || made(left) - made(right))
    .at(-1);
  if (newest) return newest;
  const listed = resources.map((one) => `${one.name ?? one.id} (${one.format || 'no format'})`).join(', ') || 'none';
  throw sourceFailure(`expected package ${name} to hold a CSV resource in the datastore, got: ${listed}`, {
    hint: 'A new release may not have reached the datastore yet; the kept version stands.',
    details: { package: name },
  });
}

function isCsv({ format }: Resource): boolean {
  return /^\.?csv$/i.test(format?.trim() ?? '');
}

function modified(resource: Resource): number {
  return instantOf(resource.last_modified ?? resource.created);
}

function made(resource: Resource): number {
  return instantOf(resource.created);
}

function instantOf(text: string | null | undefined): number {
  return text ? Date.parse(text) : 0;
}

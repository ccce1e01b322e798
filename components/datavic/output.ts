import { z } from 'zod';

/** Package name → the resource of its newest release. */
export const discoveryOutput = z.object({ packages: z.record(z.string(), z.object({ resourceId: z.string() })) });
export type DatavicDiscoveryOutput = z.output<typeof discoveryOutput>;

export const patronageOutput = z.object({ rows: z.number() });
export type PatronageOutput = z.output<typeof patronageOutput>;

import { z } from 'zod';

/** How many entities each feed held. */
export const realtimeOutput = z.object({ entities: z.record(z.string(), z.number()) });

export type GtfsRealtimeOutput = z.output<typeof realtimeOutput>;

import { z } from 'zod';

/** How many of each were published. */
export const ptvOutput = z.object({ routes: z.number(), disruptions: z.number() });

export type PtvTimetableOutput = z.output<typeof ptvOutput>;

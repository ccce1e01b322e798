import { z } from 'zod';

/** What gtfs-schedule returns: where rows came from, and how many each table has. */
export const gtfsOutput = z.object({
  /** Values of the `folder` column, in the order of the archive. */
  folders: z.array(z.string()),
  /** Table → rows published as `gtfs_<table>`. */
  tables: z.record(z.string(), z.number().int().nonnegative()),
  /** Files of the archive that are no GTFS table, and empty ones. */
  ignored: z.array(z.string()),
  /** Records that could not be loaded, of all tables. */
  quarantined: z.number().int().nonnegative(),
});

export type GtfsOutput = z.output<typeof gtfsOutput>;

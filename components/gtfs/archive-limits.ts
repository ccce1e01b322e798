/** What an archive may ask of the disk. The totals count the inner zips and what is in them. */
export interface ArchiveLimits {
  /** Entries of one zip. Default 10,000. */
  readonly maxEntries: number;
  /** Bytes unpacked in all. Default 16 GiB: all of Victoria is about 5. */
  readonly maxBytes: number;
  /** Unpacked bytes to packed bytes of one entry over 16 MiB. Default 200: timetables reach 30, a bomb 1,000. */
  readonly maxRatio: number;
}

export const defaultLimits: ArchiveLimits = { maxEntries: 10_000, maxBytes: 16 * 2 ** 30, maxRatio: 200 };

/** Below this an entry is too small for its ratio to matter. */
export const ratioFloorBytes = 16 * 2 ** 20;

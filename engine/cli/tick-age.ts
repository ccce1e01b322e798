/** A line in cron ticks every minute; a host may sleep, a tick may have much to do. What is older did not come from one that works. */
export const tickTooOldMs = 2 * 3_600_000;

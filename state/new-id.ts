import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn for many ids at once: one call to the system costs as much as sixty ids. */
const POOL_BYTES = 4_096;
const RANDOM_BYTES = 8;
const COUNTER_MAX = 0xfff;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;
let lastMs = 0;
let counter = 0;

/**
 * UUID version 7 (RFC 9562 §5.7), made here because PostgreSQL has uuidv7() only from 18 on. The 12 bits after the
 * milliseconds count the ids of one millisecond (§6.2, method 1), so ids of one process sort in the order in which they
 * were made; where they run out, or the clock goes back, the time of the last id goes on.
 */
export function newId(): string {
  advance(Date.now());
  const random = drawRandom();
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80;
  const time = lastMs.toString(16).padStart(12, '0');
  const rest = random.toString('hex');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

function advance(nowMs: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (counter < COUNTER_MAX) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = 0;
  }
}

function drawRandom(): Buffer {
  if (used + RANDOM_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

import type { Clock, Owner, OwnerStore } from '../model/ports.ts';

/** A sixth of the lease, so that a few late beats in a row do no harm. */
const renewEveryMs = 10_000;

export interface HeldOwner {
  readonly owner: Owner;
  /** Ends the beat and the row: whatever this process still claims is free. */
  retire(): Promise<void>;
}

/** Registers this process and keeps its lease alive. */
export async function holdOwner(owners: OwnerStore, clock: Clock, id?: string): Promise<HeldOwner> {
  const owner = await owners.register(id);
  const over = new AbortController();
  const beating = beat(owners, owner, clock, over.signal);
  return {
    owner,
    retire: async () => {
      over.abort();
      await beating;
      await owners.retire(owner);
    },
  };
}

async function beat(owners: OwnerStore, owner: Owner, clock: Clock, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await clock.sleep(renewEveryMs, over);
    // A beat that fails is made up for by the next one; a lease that is lost shows in the fences.
    if (!over.aborted) await owners.renew(owner).catch(() => {});
  }
}

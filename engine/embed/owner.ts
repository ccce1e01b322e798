import type { Owner, OwnerStore } from '../model/ports.ts';

export interface HeldOwner {
  readonly owner: Owner;
  /** Ends the lease and the row: whatever this process still claims is free. */
  retire(): Promise<void>;
}

/** Registers this process and keeps its lease alive. */
export async function holdOwner(owners: OwnerStore, id?: string): Promise<HeldOwner> {
  const owner = await owners.register(id);
  const letGo = owners.keep(owner);
  return {
    owner,
    retire: async () => {
      await letGo();
      await owners.retire(owner);
    },
  };
}

/** Another run has taken a slot that this one was to be made for. Nothing of this one is on record. */
export class SlotTaken extends Error {
  constructor(dag: string, slot: Date) {
    super(`the slot of ${dag} at ${slot.toISOString()} is taken`);
    this.name = 'SlotTaken';
  }
}

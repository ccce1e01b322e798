/** Somebody's wish that a run stop. */
export interface CancelRequest {
  readonly run: string;
  readonly who: string;
  readonly at: Date;
  /** In their words. */
  readonly reason?: string;
}

/** `asked`: its engine is told. `ended`: its engine is gone, so it was ended here. `over`: it had ended before. */
export type CancelAnswer = 'asked' | 'ended' | 'over';

/** What people do about runs. */
export interface RunKeeper {
  /** Leaves an audit row. Asking again changes nothing and tells how it stands now: the first who asked is kept. */
  cancel(request: CancelRequest): Promise<CancelAnswer>;
  /** Ends the run when its engine is gone. */
  endIfLost(run: string): Promise<void>;
  isCancelled(run: string): Promise<boolean>;
}

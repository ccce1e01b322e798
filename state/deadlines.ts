/** How long the database may take for what, in milliseconds. None of them is ever waited for longer. */
export interface Deadlines {
  /** To let a connection in. */
  readonly connectMs: number;
  /** For a statement of the writer, which are all short. The server gives it up then. */
  readonly writeMs: number;
  /** For a question of people and pages. */
  readonly readMs: number;
  /** Longer than that the client waits for the word of a server that should have given a statement up. */
  readonly answerMs: number;
  /** For a connection to end in good order. */
  readonly endMs: number;
  /** How long a write is tried again while the database is away, where no run of this process goes on. */
  readonly retryMs: number;
  /** The same for what is still to be recorded when the state is closed. */
  readonly closeMs: number;
  /** Between two lines about one cause of trouble. */
  readonly tellMs: number;
}

export const deadlines: Deadlines = {
  connectMs: 10_000,
  writeMs: 20_000,
  readMs: 30_000,
  answerMs: 5_000,
  endMs: 2_000,
  retryMs: 30_000,
  closeMs: 5_000,
  tellMs: 30_000,
};

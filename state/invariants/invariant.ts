import { programName } from '../../engine/model/program.ts';

/** Something that must hold always, and the question that finds where it does not. */
export interface Invariant {
  readonly name: string;
  /** One sentence, in the present tense. */
  readonly rule: string;
  /** Whether the clock has a say: of a copy nothing follows from that. */
  readonly isOfNow?: true;
  /**
   * A SELECT whose rows are the violations: `found`, a sentence with ids, and whatever columns `mend` reads. It may look at
   * `given`, one row of what the asker knows: see `check-invariants.ts`.
   */
  readonly sql: string;
  /** A command that exists, or what a person has to do. */
  mend(row: FoundRow): string;
}

export interface FoundRow {
  readonly found: string;
  readonly environment: string;
  readonly dag: string;
  readonly component: string;
  /** Of the row that is wrong. */
  readonly id: string;
  readonly run: string;
  /** The table that it is in, up to the value of its key. */
  readonly table: string;
}

/** Where an invariant does not hold. */
export interface Violation {
  readonly invariant: string;
  readonly rule: string;
  readonly found: string;
  readonly mend: string;
}

/** For what no command of the engine brings about, and so none puts right. */
export function bySql(statement: string): string {
  return `${programName} db shell -c "${statement}"`;
}

export function runOf({ environment, dag, component }: Pick<FoundRow, 'environment' | 'dag' | 'component'>): string {
  return `${programName} run --dag ${dag} --env ${environment} --component ${component}`;
}

export function tickOf({ environment }: Pick<FoundRow, 'environment'>): string {
  return `${programName} tick --env ${environment}`;
}

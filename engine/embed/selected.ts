import { type Selection, select } from '../plan/select.ts';
import type { ReadyDag } from './engine.ts';
import { EngineError } from './engine-error.ts';

/** The components that a selection comes to; throws with every word that means nothing here. */
export function selectedOf({ dag }: Pick<ReadyDag, 'dag'>, selection: Selection): ReadonlySet<string> {
  const selected = select(dag, selection);
  if (selected.ok) return selected.components;
  const lines = selected.problems.map(
    ({ expected, got, hint }) => `expected ${expected}, got ${got}${hint ? `; ${hint}` : ''}`,
  );
  throw new EngineError(lines.join('\n'), { exitCode: 2 });
}

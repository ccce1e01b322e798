import { component, type DagDefinition, DagError, defineDag, type Problem } from 'signalbox';

/** Past the compiler, as a DAG written in JavaScript would come. */
export function made(definition: unknown) {
  return component(definition as Parameters<typeof component>[0]);
}

export function problemsOf(definition: unknown): readonly Problem[] {
  try {
    defineDag(definition as DagDefinition);
  } catch (error) {
    if (error instanceof DagError) return error.problems;
    throw error;
  }
  return [];
}

/** Of a DAG with one component `one`. */
export function problemsWith(options: object, dag: object = {}): readonly Problem[] {
  return problemsOf({ id: 'dag', ...dag, components: [made({ id: 'one', run: async () => 1, ...options })] });
}

export function lineOf({ path, expected, got, hint }: Problem): string {
  return `${path}: ${expected}, got ${got}${hint === undefined ? '' : `; ${hint}`}`;
}

export const idPhrase =
  'an id of lower-case letters, digits and hyphens that starts with a letter and has at most 63 bytes';

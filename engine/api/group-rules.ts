import type { Problem } from '../model/problem.ts';
import { asRecord, type Entry, writtenId } from './entry.ts';
import type { Place } from './expected.ts';
import { capturedDefinition } from './handle.ts';

/** Groups list components of their own DAG. */
export function groupProblems(entries: readonly Entry[], written: unknown, place: Place): Problem[] {
  const members = new Set(entries.map(({ captured }) => captured));
  return Object.entries(asRecord(written)).flatMap(([name, group]) => {
    const { components } = asRecord(group);
    const listed = Array.isArray(components) ? components.map(capturedDefinition) : [];
    return listed.flatMap((captured, index): Problem[] => {
      if (captured === undefined || members.has(captured)) return [];
      const path = `groups.${name}.components[${index}]`;
      const expected = 'one of the components of the DAG';
      return [{ ...place, path, expected, got: `\`${writtenId(captured)}\``, hint: 'add it to `components`' }];
    });
  });
}

import { sourceFailure } from 'signalbox';

/**
 * A heading as a column name: lower-case words joined by `_`, without a byte order mark; a name that would begin with a
 * digit gets `column_` in front. `Fin_year` → `fin_year`, `Month name` → `month_name`. Empty for a blank heading.
 */
export function columnName(heading: string): string {
  const name = heading
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^\d/.test(name) ? `column_${name}` : name;
}

/** Names for all headings. Throws a `source` failure where two headings come to one name. */
export function columnNames(headings: readonly string[]): readonly string[] {
  const names = headings.map(columnName);
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (first === index) continue;
    const message = `expected headings that differ, got \`${headings[first]}\` and \`${headings[index]}\`, both \`${name}\``;
    throw sourceFailure(message, { hint: 'The publisher has to tell the two columns apart.' });
  }
  return names;
}

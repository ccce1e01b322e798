/** The files that a schedule feed cannot do without; of each group one is enough. */
const requiredGroups: readonly (readonly string[])[] = [
  ['agency'],
  ['stops'],
  ['routes'],
  ['trips'],
  ['stop_times'],
  ['calendar', 'calendar_dates'],
];

/** What is missing, in words: `stops.txt`, `calendar.txt or calendar_dates.txt`. */
export function missingTables(present: ReadonlySet<string>): readonly string[] {
  return requiredGroups
    .filter((group) => !group.some((table) => present.has(table)))
    .map((group) => group.map((table) => `${table}.txt`).join(' or '));
}

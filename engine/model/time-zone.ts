/**
 * True for a name of the IANA time zone database, spelt as there, which this Node knows. Offsets such as `+10:00` are no
 * time zones: they have no daylight saving time.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  const known = timeZones().get(name.toLowerCase());
  return known === undefined ? isAlias(name) : known === name;
}

/** Lower-case name → name, of every zone that Intl lists; its aliases (`US/Pacific`) are accepted without being listed. */
export function timeZones(): ReadonlyMap<string, string> {
  listed ??= new Map(['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]));
  return listed;
}

let listed: ReadonlyMap<string, string> | undefined;

function isAlias(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A value as an SQL string literal, for the places that take no parameters (COPY targets, SET). */
export function sqlText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name as a quoted SQL identifier. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A path of one file as DuckDB's readers take it: they would read `*`, `?` and `[` as a pattern. */
export function sqlFile(path: string): string {
  return sqlText(path.replace(/[*?[]/g, '[$&]'));
}

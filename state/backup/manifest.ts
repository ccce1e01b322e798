import { infraFailure } from '../../engine/model/failure.ts';
import type { Measured } from './measure.ts';

export const manifestName = 'manifest.json';
const format = 'signalbox-backup-1';

export interface TablePart extends Measured {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
}

/** The last entry of the archive: what the others hold. */
export interface Manifest {
  readonly format: typeof format;
  /** Of the schema, as `db status` tells it. */
  readonly schemaVersion: number;
  readonly takenAt: string;
  /** What others name comes before them. */
  readonly tables: readonly TablePart[];
}

export function partName({ name }: Pick<TablePart, 'name'>): string {
  return `tables/${name}.copy`;
}

export function manifestText(manifest: Omit<Manifest, 'format'>): string {
  return `${JSON.stringify({ format, ...manifest }, null, 2)}\n`;
}

/** Throws when it is none. */
export function parseManifest(text: string, file: string): Manifest {
  const found = asObject(text);
  if (found.format === format && Array.isArray(found.tables) && found.tables.every(isPart))
    return found as unknown as Manifest;
  throw infraFailure(
    `expected ${file} to be a backup of the format ${format}, got ${JSON.stringify(found.format) ?? 'none'}`,
    { hint: 'A newer Signalbox may have written it.', retryable: false },
  );
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** The names become part of SQL. */
function isPart(part: Partial<TablePart> | null): boolean {
  return isName(part?.name) && Array.isArray(part?.columns) && part.columns.every(isName) && part.columns.length > 0;
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && /^[a-z][a-z0-9_]*$/.test(name);
}

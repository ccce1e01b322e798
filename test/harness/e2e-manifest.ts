import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EndToEndProject } from './e2e-project.ts';

/** A row of the manifest, with the place of its file. */
export interface ManifestRow {
  readonly id: string;
  readonly component: string;
  readonly dataset: string;
  readonly path: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly digest: string;
  readonly schema: readonly { readonly name: string; readonly type: string }[];
}

/** All versions of an environment, oldest first. */
export async function readManifest(project: EndToEndProject, environment = 'sandbox'): Promise<ManifestRow[]> {
  const rows = await project.rows<ManifestRow>(
    `select id, component, dataset, path, rows::int, bytes::int, sha256, digest, schema
     from dataset_version where environment = $1 order by published_at, id`,
    [environment],
  );
  return rows.map((row) => ({ ...row, file: join(storageOf(project, environment), row.path) }));
}

/** Dataset → its newest version. */
export async function newestOf(
  project: EndToEndProject,
  environment = 'sandbox',
): Promise<ReadonlyMap<string, ManifestRow>> {
  return new Map((await readManifest(project, environment)).map((row) => [row.dataset, row]));
}

/** The Parquet files that lie in `curated`, staging included, relative to the storage root. */
export function parquetFiles(project: EndToEndProject, environment = 'sandbox'): string[] {
  const curated = join(storageOf(project, environment), 'curated');
  if (!existsSync(curated)) return [];
  const all = readdirSync(curated, { recursive: true, encoding: 'utf8' });
  return all
    .filter((path) => path.endsWith('.parquet'))
    .map((path) => join('curated', path))
    .toSorted();
}

/** What the manifest says of a file, read from the file and from the pointer beside it. */
export function factsOnDisk({ file }: ManifestRow) {
  const content = readFileSync(file);
  const latest = JSON.parse(readFileSync(join(dirname(file), '_latest.json'), 'utf8')) as { readonly id: string };
  return {
    bytes: statSync(file).size,
    sha256: createHash('sha256').update(content).digest('hex'),
    latest: latest.id,
  };
}

/** Dataset → digest over schema and rows. */
export function digestsOf(versions: ReadonlyMap<string, ManifestRow>): Readonly<Record<string, string>> {
  return Object.fromEntries([...versions].map(([dataset, { digest }]) => [dataset, digest]));
}

function storageOf({ home }: EndToEndProject, environment: string): string {
  return join(home, 'data', environment);
}

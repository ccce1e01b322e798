import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { listNames } from '../../sandbox/data-directory.ts';
import { uuidOf } from '../../sandbox/random.ts';
import type { Catalogue, CataloguePackage, CatalogueResource, CatalogueTable } from './catalogue.ts';

/** Throws unless `directory` holds folders of packages with at least one CSV each and nothing else. */
export async function packageFiles(directory: string): Promise<Catalogue> {
  const tables = new Map<string, CatalogueTable>();
  const catalogue = async () => {
    const names = await listNames(directory);
    if (names.length === 0) throw new Error(`expected ${directory} to hold folders named like packages, got nothing`);
    return Promise.all(names.map((name) => readPackage(directory, name, tables)));
  };
  for (const { resources } of await catalogue()) for (const { table } of resources) table?.();
  return catalogue;
}

async function readPackage(
  directory: string,
  name: string,
  tables: Map<string, CatalogueTable>,
): Promise<CataloguePackage> {
  const folder = join(directory, name);
  const files = await listNames(folder).catch(() => ['a file']);
  if (files.length === 0 || files.some((file) => !file.endsWith('.csv'))) {
    throw new Error(`expected ${folder} to hold *.csv and nothing else; got ${files.join(', ') || 'nothing'}`);
  }
  const resources = await Promise.all(files.map((file) => readResource(name, folder, file, tables)));
  const metadataModifiedMs = Math.max(...resources.map(({ modifiedMs }) => modifiedMs));
  return { name, title: name.replaceAll('-', ' '), metadataModifiedMs, resources };
}

/** Read at each request; parsed only when the content is new, because every page of a table asks again. */
async function readResource(
  packageName: string,
  folder: string,
  file: string,
  tables: Map<string, CatalogueTable>,
): Promise<CatalogueResource> {
  const path = join(folder, file);
  const [content, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
  const release = createHash('sha256').update(content).digest('hex');
  const table = () => {
    const known = tables.get(release) ?? readTable(content, path);
    tables.set(release, known);
    return known;
  };
  const id = uuidOf('datavic', packageName, file, release);
  return {
    id,
    name: file.replace(/\.csv$/, ''),
    file,
    format: 'CSV',
    modifiedMs: mtimeMs,
    bytes: content.length,
    table,
  };
}

/** As CKAN's loader does it: all text, headings trimmed, columns without a heading left out, short rows filled. */
function readTable(content: Buffer, path: string): CatalogueTable {
  const [header = [], ...rows] = readRecords(content, path);
  const headings = header.map((heading) => heading.trim());
  const named = headings.map((heading, index) => ({ heading, index })).filter(({ heading }) => heading !== '');
  const twice = named.find(({ heading, index }) => headings.indexOf(heading) !== index);
  if (twice)
    throw new Error(`expected every column of ${path} to have a heading of its own, got ${twice.heading} twice`);
  return {
    columns: named.map(({ heading }) => heading),
    rows: rows.map((row) => named.map(({ index }) => row[index] ?? '')),
  };
}

function readRecords(content: Buffer, path: string): string[][] {
  try {
    return parse(content, { bom: true, relax_column_count_less: true, skip_empty_lines: true });
  } catch (cause) {
    throw new Error(`expected ${path} to be CSV; ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** A file of a package. Its id is new in every release, so that nobody gets away with pinning it. */
export interface CatalogueResource {
  readonly id: string;
  readonly name: string;
  readonly file: string;
  readonly format: string;
  /** Milliseconds since the epoch: when the file itself last changed. */
  readonly modifiedMs: number;
  readonly bytes: number | null;
  /** What the datastore pages through; undefined for a file that is for download only. */
  readonly table?: () => CatalogueTable;
}

export interface CatalogueTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface CataloguePackage {
  readonly name: string;
  readonly title: string;
  /** Moves on edits of the description too: it says nothing of the data. */
  readonly metadataModifiedMs: number;
  /** In the order of the page, which is not that of time. */
  readonly resources: readonly CatalogueResource[];
}

/** The packages of the portal, read anew at each request. */
export type Catalogue = () => Promise<readonly CataloguePackage[]>;

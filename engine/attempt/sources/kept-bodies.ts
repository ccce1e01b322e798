import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceEvidence } from '../../model/evidence.ts';
import type { LandedBody } from '../../model/http.ts';
import type { LandedSource } from '../../model/source.ts';

/** The bodies that belong to evidence; undefined when one is gone or has another size: the disk was cleaned meanwhile. */
export function keptBodies(evidence: SourceEvidence, landing: string): LandedSource | undefined {
  const parts = evidence.parts.flatMap(({ sha256, bytes }) =>
    sha256 === undefined ? [] : [{ path: join(landing, sha256), sha256, bytes }],
  );
  return parts.every(isPresent) ? { evidence, parts } : undefined;
}

function isPresent({ path, bytes }: LandedBody): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === bytes;
}

import { type BigIntStats, statSync } from 'node:fs';
import { proofOf } from '../../../components/http/validators.ts';
import type { PartEvidence, SourceEvidence } from '../../model/evidence.ts';
import { sourceFailure } from '../../model/failure.ts';
import type { FileSource, LandedSource } from '../../model/source.ts';
import { hashFile, hashSmallFile } from './hash-file.ts';
import { fenceOf, placeOf, refuseEscape } from './place.ts';
import type { Asking, Glancing, Prober } from './prober.ts';
import { textProblems } from './problems.ts';
import { type Stamp, stampOf } from './stamp.ts';

/** Looked at with calls that wait: for a file they take microseconds, and a tenth of what promises of the same take. */
export const fileProber: Prober<FileSource> = {
  options: ['kind', 'id', 'auditEvery', 'path'],
  lands: false,
  problemsOf: ({ path: written }, path) => textProblems(written, `${path}.path`, 'the path of a file'),
  glance: (source, asking) => {
    const seen = look(source, asking);
    if (seen.isSame && asking.reading === 'validators') return sameAs(source, seen);
    refuseLink(source, seen, asking);
    const sha256 = hashSmallFile(seen.place, seen.bytes);
    return sha256 === undefined ? undefined : readAs(source, seen, sha256, asking);
  },
  ask,
  reopen: async (source, probed, asking) => {
    const again = await ask(source, { ...asking, previous: probed, reading: 'validators' });
    return again.evidence.parts[0]?.notModified ? { ...again, evidence: probed } : again;
  },
};

async function ask(source: FileSource, asking: Asking): Promise<LandedSource> {
  const seen = look(source, asking);
  if (seen.isSame && asking.reading === 'validators') return sameAs(source, seen);
  refuseLink(source, seen, asking);
  return readAs(source, seen, await hashFile(seen.place, seen.bytes, asking.signal), asking);
}

/** What can be told of a file without reading it. */
interface Seen {
  readonly place: string;
  readonly bytes: number;
  readonly stamp: Stamp | undefined;
  readonly before: PartEvidence | undefined;
  /** Under the stamp that the last success saw. */
  readonly isSame: boolean;
}

function look(source: FileSource, { previous, project }: Glancing): Seen {
  const place = placeOf(source.id, source.path, project);
  const nowMs = Date.now();
  const stats = statsOf(source, place);
  const stamp = stampOf(stats, nowMs);
  const before = previous?.parts[0];
  const isSame = stamp !== undefined && before !== undefined && previous?.validator === stamp;
  return { place, bytes: Number(stats.size), stamp, before, isSame };
}

/** A file that is known was let through when it was read: its inode is the same one. */
function refuseLink(source: FileSource, { place }: Seen, { project }: Glancing): void {
  refuseEscape(source.id, place, fenceOf(source.path, place, project), 'its path');
}

function sameAs({ id }: FileSource, { place, before, stamp }: Seen): LandedSource {
  const { digest, bytes } = before as PartEvidence;
  const parts = [{ digest, bytes, notModified: true }];
  return { evidence: { source: id, parts, validator: stamp as Stamp }, parts: [bodyOf(place, { digest, bytes })] };
}

function readAs({ id }: FileSource, seen: Seen, sha256: string, { previous, reading }: Glancing): LandedSource {
  const { place, bytes, stamp, before, isSame } = seen;
  const part: PartEvidence = { digest: sha256, bytes, notModified: false };
  const isTold = stamp !== undefined && previous?.validator !== undefined;
  const proof = before && isTold ? proofOf(isSame, before.digest === sha256) : undefined;
  const evidence: SourceEvidence = {
    source: id,
    parts: [part],
    ...(stamp === undefined ? {} : { validator: stamp }),
    ...(proof ? { proof } : {}),
    ...(reading === 'audit' ? { audited: true } : {}),
  };
  return { evidence, parts: [bodyOf(place, part)] };
}

function statsOf({ id, path }: FileSource, place: string): BigIntStats {
  const stats = statSync(place, { bigint: true, throwIfNoEntry: false });
  if (stats?.isFile()) return stats;
  const got = stats === undefined ? 'none' : 'something else';
  throw sourceFailure(`source \`${id}\`: expected a file at ${path}, got ${got}`);
}

function bodyOf(path: string, { digest, bytes }: Pick<PartEvidence, 'digest' | 'bytes'>) {
  return { path, sha256: digest, bytes };
}

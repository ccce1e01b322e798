import { type BigIntStats, statSync } from 'node:fs';
import { proofOf } from '../../../components/http/validators.ts';
import type { PartEvidence, SourceEvidence } from '../../model/evidence.ts';
import { sourceFailure } from '../../model/failure.ts';
import type { FileSource, LandedSource } from '../../model/source.ts';
import { hashFile } from './hash-file.ts';
import { fenceOf, placeOf, refuseEscape } from './place.ts';
import type { Asking, Prober } from './prober.ts';
import { textProblems } from './problems.ts';
import { stampOf } from './stamp.ts';

/** Looked at with calls that wait: for a file they take microseconds, and a tenth of what promises of the same take. */
export const fileProber: Prober<FileSource> = {
  options: ['kind', 'id', 'auditEvery', 'path'],
  lands: false,
  problemsOf: ({ path: written }, path) => textProblems(written, `${path}.path`, 'the path of a file'),
  ask,
  reopen: async (source, probed, asking) => {
    const again = await ask(source, { ...asking, previous: probed, reading: 'validators' });
    return again.evidence.parts[0]?.notModified ? { ...again, evidence: probed } : again;
  },
};

async function ask(source: FileSource, asking: Asking): Promise<LandedSource> {
  const { previous, reading, project, signal } = asking;
  const place = placeOf(source.id, source.path, project);
  const nowMs = Date.now();
  const stats = statsOf(source, place);
  const stamp = stampOf(stats, nowMs);
  const before = previous?.parts[0];
  const isSame = stamp !== undefined && before !== undefined && previous?.validator === stamp;
  if (isSame && reading === 'validators') {
    return { evidence: { ...same(source, before), validator: stamp }, parts: [bodyOf(place, before)] };
  }
  // A file that is known was let through when it was read: its inode is the same one.
  refuseEscape(source.id, place, fenceOf(source.path, place, project), 'its path');
  const sha256 = await hashFile(place, Number(stats.size), signal);
  const part: PartEvidence = { digest: sha256, bytes: Number(stats.size), notModified: false };
  const isTold = stamp !== undefined && previous?.validator !== undefined;
  const proof = before && isTold ? proofOf(isSame, before.digest === sha256) : undefined;
  const evidence: SourceEvidence = {
    source: source.id,
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

function same({ id }: FileSource, { digest, bytes }: PartEvidence): SourceEvidence {
  return { source: id, parts: [{ digest, bytes, notModified: true }] };
}

function bodyOf(path: string, { digest, bytes }: PartEvidence) {
  return { path, sha256: digest, bytes };
}

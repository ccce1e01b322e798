import { type BigIntStats, realpathSync, statSync } from 'node:fs';
import { proofOf } from '../../../../components/http/validators.ts';
import { digestOf } from '../../../decide/canonical.ts';
import type { Proof } from '../../../model/evidence.ts';
import { sourceFailure } from '../../../model/failure.ts';
import { type Problem, showValue } from '../../../model/problem.ts';
import type { GlobSource, LandedSource } from '../../../model/source.ts';
import { hashFile } from '../hash-file.ts';
import { placeOf, refuseEscape } from '../place.ts';
import type { Asking, Prober } from '../prober.ts';
import { textProblems } from '../problems.ts';
import { stampOf } from '../stamp.ts';
import { type FoundFile, findFiles } from './find-files.ts';
import { readIndex, type SeenFile, type SeenFiles, writeIndex } from './index-file.ts';
import { parsePattern } from './pattern.ts';

export const globProber: Prober<GlobSource> = {
  options: ['kind', 'id', 'auditEvery', 'root', 'pattern'],
  lands: true,
  problemsOf: ({ root, pattern }, path) => [
    ...textProblems(root, `${path}.root`, 'the path of a folder'),
    ...patternProblems(pattern, `${path}.pattern`),
  ],
  ask,
  reopen: async (source, probed, asking) => {
    const again = await ask(source, { ...asking, previous: probed, reading: 'validators' });
    return again.evidence.parts[0]?.notModified ? { ...again, evidence: probed } : again;
  },
};

function patternProblems(pattern: unknown, path: string): readonly Problem[] {
  const problems = textProblems(pattern, path, 'a pattern such as `**/*.csv`');
  if (problems.length > 0) return problems;
  try {
    parsePattern(pattern as string);
    return [];
  } catch (error) {
    return [{ path, expected: (error as Error).message, got: showValue(pattern) }];
  }
}

interface LookedAt extends FoundFile {
  readonly stats: BigIntStats;
  readonly nowMs: number;
}

async function ask(source: GlobSource, asking: Asking): Promise<LandedSource> {
  const { previous, reading, landing } = asking;
  const before = previous?.parts[0];
  const known = readIndex(before?.sha256, landing);
  const files = lookAt(source, rootOf(source, asking.project));
  const isSame = known.size === files.length && before !== undefined && files.every((file) => isKnown(file, known));
  if (isSame && reading === 'validators') {
    const evidence = { source: source.id, parts: [{ ...before, notModified: true }], ...countOf(files) };
    return { evidence, parts: files.map((file) => bodyOf(file, known)) };
  }
  const seen = await readFiles(source, files, known, asking);
  const digest = digestOf([...seen].map(([path, { sha256 }]) => [path, sha256]));
  const proof = before && proofOver({ files, known, seen }, isSame, before.digest === digest);
  const part = { digest, sha256: await writeIndex(seen, landing), bytes: totalOf(files), notModified: false };
  const extras = { ...(proof ? { proof } : {}), ...(reading === 'audit' ? { audited: true } : {}) };
  const evidence = { source: source.id, parts: [part], ...countOf(files), ...extras };
  return { evidence, parts: files.map((file) => bodyOf(file, seen)) };
}

/** The folder itself may be a link where it is named; within the project it may not lead out of that. */
function rootOf({ id, root }: GlobSource, project: string): string {
  const place = placeOf(id, root, project);
  try {
    if (place !== root) refuseEscape(id, place, project, `\`${root}\``);
    return realpathSync.native(place);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw sourceFailure(`source \`${id}\`: expected a folder at ${root}, got ${code}`, {}, cause);
  }
}

/** A file that goes away meanwhile is one that is not there. */
function lookAt({ id, pattern }: GlobSource, root: string): readonly LookedAt[] {
  const nowMs = Date.now();
  return findFiles(id, root, pattern).flatMap((file) => {
    const stats = statSync(file.place, { bigint: true, throwIfNoEntry: false });
    return stats ? [{ ...file, stats, nowMs }] : [];
  });
}

function isKnown({ path, stats, nowMs }: LookedAt, known: SeenFiles): boolean {
  const stamp = stampOf(stats, nowMs);
  return stamp !== undefined && known.get(path)?.stamp === stamp;
}

/** Reads what is new or has moved, and all of it where the stamps are not to be trusted. */
async function readFiles(
  { id }: GlobSource,
  files: readonly LookedAt[],
  known: SeenFiles,
  { reading, signal }: Asking,
): Promise<SeenFiles> {
  const seen = new Map<string, SeenFile>();
  for (const file of files) {
    signal.throwIfAborted();
    const before = known.get(file.path);
    const isTrusted = reading === 'validators' && before !== undefined && isKnown(file, known);
    const sha256 = isTrusted ? before.sha256 : await hashOf(id, file, signal);
    const stamp = stampOf(file.stats, file.nowMs);
    seen.set(file.path, { sha256, ...(stamp === undefined ? {} : { stamp }) });
  }
  return seen;
}

async function hashOf(id: string, { path, place, stats }: LookedAt, signal: AbortSignal): Promise<string> {
  try {
    return await hashFile(place, Number(stats.size), signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw sourceFailure(`source \`${id}\`: expected to read ${path}, got ${code ?? message}`, {}, cause);
  }
}

interface Seen {
  readonly files: readonly LookedAt[];
  readonly known: SeenFiles;
  readonly seen: SeenFiles;
}

/** One file that was written under its old stamp is a lie, whatever else has moved. Without a stamp nothing was said. */
function proofOver({ files, known, seen }: Seen, isSameStamps: boolean, isSame: boolean): Proof | undefined {
  const hasLied = files.some(
    (file) => isKnown(file, known) && known.get(file.path)?.sha256 !== seen.get(file.path)?.sha256,
  );
  if (hasLied) return 'lied';
  const isTold = known.size > 0 && [...known.values(), ...seen.values()].every(({ stamp }) => stamp !== undefined);
  return isTold ? proofOf(isSameStamps, isSame) : undefined;
}

function bodyOf({ path, place, stats }: LookedAt, seen: SeenFiles) {
  return { name: path, path: place, sha256: seen.get(path)?.sha256 ?? '', bytes: Number(stats.size) };
}

function totalOf(files: readonly LookedAt[]): number {
  return files.reduce((sum, { stats }) => sum + Number(stats.size), 0);
}

function countOf(files: readonly LookedAt[]) {
  return { validator: { files: files.length } };
}

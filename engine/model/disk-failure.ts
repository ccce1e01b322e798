import { FailureError, infraFailure } from './failure.ts';

/** What to do about a disk, or a limit of this machine, that refuses. By errno(3). */
const hints: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'The disk is full, or has no inode left: free some (`df -h`, `df -i`).'],
  ['EDQUOT', 'The user’s share of that disk is used up: free some, or have it raised.'],
  ['EFBIG', 'The file became larger than this process may write: raise `ulimit -f`.'],
  ['EIO', 'The disk fails: see the log of the kernel.'],
  [
    'EROFS',
    'That file system is read-only: mount it for writing; after an error the kernel does so itself, see its log.',
  ],
  ['EMFILE', 'This process has too many files open: raise `ulimit -n`.'],
  ['ENFILE', 'This machine has too many files open: raise `fs.file-max`, or run less at a time.'],
  ['EACCES', 'See that the user of the engine may read and write there.'],
  ['EPERM', 'See that the user of the engine may read and write there.'],
  ['EXDEV', 'Files are linked from staging to their names: keep the storage root on one file system.'],
  ['ENOMEM', 'This machine is out of memory: run less at a time.'],
  [
    'EAGAIN',
    'This user has as many processes as it may have, or memory is short: raise `ulimit -u`, or run less at a time.',
  ],
]);

/** DuckDB writes by itself, and says what strerror(3) says behind its own words. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^IO Error: .*No space left on device/, 'ENOSPC'],
  [/^Out of Memory Error: failed to offload data block/, 'ENOSPC'],
  [/^IO Error: .*Disk quota exceeded/, 'EDQUOT'],
  [/^IO Error: .*File too large/, 'EFBIG'],
  [/^IO Error: .*Input\/output error/, 'EIO'],
  [/^IO Error: .*Read-only file system/, 'EROFS'],
  [/^IO Error: .*Too many open files in system/, 'ENFILE'],
  [/^IO Error: .*Too many open files/, 'EMFILE'],
  [/^IO Error: .*Permission denied/, 'EACCES'],
  [/^IO Error: .*Cannot allocate memory/, 'ENOMEM'],
];

/** The errno of a disk, or of a machine, that refuses; undefined for whatever else goes wrong. */
export function diskCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined) return hints.has(code) ? code : undefined;
  return texts.find(([text]) => text.test(message))?.[1];
}

export function diskHintOf(code: string): string | undefined {
  return hints.get(code);
}

/**
 * An infra failure that names the path, which the error of a call on an open file does not: `could not write /x: EIO: …`.
 * A bug of ours stays one.
 */
export function diskFailure(error: unknown, doing: string, path: string): FailureError {
  if (error instanceof FailureError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined && diskCodeOf(error) === undefined) throw error;
  const hint = hints.get(diskCodeOf(error) ?? '') ?? 'See that the storage root is in its place, and can be written.';
  return infraFailure(`could not ${doing} ${path}: ${message}`, { hint, details: { code: code ?? null, path } }, error);
}

/** Does what concerns one path, and names it when the disk refuses. */
export async function onDisk<Result>(doing: string, path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw diskFailure(error, doing, path);
  }
}

import { lchownSync, lstatSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { unreachable } from '../../engine/model/unreachable.ts';
import { EmbeddedError } from './embedded-error.ts';
import type { EmbeddedLayout } from './layout.ts';
import { type ProgramCall, runProgram } from './run-program.ts';

const NOBODY = 65_534;
const UNSHARE_ARGS = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
const UNSHARE_LIMIT_MS = 5_000;

/** Who the server runs as. PostgreSQL refuses root, so root takes on another name or another user. */
export type ServerIdentity =
  | { readonly kind: 'self'; readonly uid: number }
  /** A user namespace: the server believes to be nobody, its files still belong to root. */
  | { readonly kind: 'namespace'; readonly uid: number }
  | { readonly kind: 'other-user'; readonly uid: number; readonly gid: number };

export async function chooseIdentity({ dataDir }: EmbeddedLayout): Promise<ServerIdentity> {
  const uid = process.getuid?.() ?? NOBODY;
  const owner = lstatSync(dataDir, { throwIfNoEntry: false });
  if (uid !== 0) return identityOfOrdinaryUser(uid, dataDir, owner?.uid);
  if (owner && owner.uid !== 0) return { kind: 'other-user', uid: owner.uid, gid: owner.gid };
  if (await canUnshare()) return { kind: 'namespace', uid: 0 };
  return { kind: 'other-user', uid: NOBODY, gid: NOBODY };
}

export function callAs(identity: ServerIdentity, file: string, args: readonly string[]): ProgramCall {
  switch (identity.kind) {
    case 'self':
      return { file, args };
    case 'namespace':
      return { file: 'unshare', args: [...UNSHARE_ARGS, file, ...args] };
    case 'other-user':
      return { file, args, uid: identity.uid, gid: identity.gid };
    default:
      return unreachable(identity);
  }
}

/** Hands a folder that root made over to the user the server runs as; does nothing when it is theirs already. */
export function giveFolder(identity: ServerIdentity, folder: string): void {
  if (identity.kind !== 'other-user' || lstatSync(folder).uid === identity.uid) return;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(folder, entry), identity.uid, identity.gid);
  }
  // The folder itself comes last: its owner tells that all inside was handed over.
  lchownSync(folder, identity.uid, identity.gid);
}

function identityOfOrdinaryUser(uid: number, dataDir: string, ownerUid: number | undefined): ServerIdentity {
  if (ownerUid !== undefined && ownerUid !== uid) {
    throw new EmbeddedError({
      expected: `the database folder ${dataDir} to belong to the user of this process (uid ${uid})`,
      got: `uid ${ownerUid}`,
      hint: 'Run as that user, choose another SIGNALBOX_HOME, or set DATABASE_URL.',
    });
  }
  requireUserName(uid);
  return { kind: 'self', uid };
}

function requireUserName(uid: number): void {
  try {
    userInfo();
  } catch (cause) {
    throw new EmbeddedError({
      expected: `uid ${uid} to have an entry in /etc/passwd, which the embedded PostgreSQL needs`,
      got: 'none',
      hint: 'Add the user to the image, run as another user, or set DATABASE_URL.',
      cause,
    });
  }
}

async function canUnshare(): Promise<boolean> {
  const { succeeded } = await runProgram({ file: 'unshare', args: [...UNSHARE_ARGS, 'true'] }, UNSHARE_LIMIT_MS);
  return succeeded;
}

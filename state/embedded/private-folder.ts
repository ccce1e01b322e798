import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { EmbeddedError, errorCode } from './embedded-error.ts';
import { giveFolder, type ServerIdentity } from './server-identity.ts';

const OTHERS_MODE = 0o077;

/**
 * Makes a folder that only the server's user may enter. Whoever enters the socket folder is let into the database, and
 * under /tmp somebody else may have made a folder of that name first: so its owner is checked, never assumed.
 */
export function makePrivateFolder(folder: string, identity: ServerIdentity): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  requireOwnFolder(folder, identity);
  giveFolder(identity, folder);
  if ((lstatSync(folder).mode & OTHERS_MODE) !== 0) chmodSync(folder, 0o700);
}

function requireOwnFolder(folder: string, identity: ServerIdentity): void {
  const found = lstatSync(folder);
  const owners = [identity.uid, process.getuid?.()];
  if (found.isDirectory() && owners.includes(found.uid)) return;
  throw new EmbeddedError({
    expected: `${folder} to be a folder of uid ${identity.uid}`,
    got: found.isDirectory() ? `a folder of uid ${found.uid}` : 'something else of that name',
    hint: 'Remove it or choose another SIGNALBOX_HOME.',
  });
}

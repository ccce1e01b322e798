import type { Client } from 'pg';
import { checkDatabase, type GivenLimits } from './database.ts';
import { checkFiles, type Storage } from './files.ts';
import type { Violation } from './invariant.ts';
import { checkLeftovers } from './leftovers.ts';
import { checkProcesses } from './processes.ts';

export interface CheckOptions extends GivenLimits {
  /** How long what a dead process has left may wait to be recovered. Default 0: everything has come to rest. */
  readonly patienceMs?: number;
  /** Whose files are looked at. Default none. */
  readonly storage?: readonly Storage[];
  /** Read every published file and compare its sha256. */
  readonly deep?: boolean;
}

/**
 * Everything that must hold always: of the database as of one instant, of the processes of this machine, of the files of
 * the storage roots that are given. Changes nothing. No violation is an empty list.
 */
export async function checkInvariants(client: Client, options: CheckOptions = {}): Promise<readonly Violation[]> {
  const { patienceMs = 0, storage = [], deep = false, ...given } = options;
  const found = [
    ...(await checkDatabase(client, { ...given, patienceMs })),
    ...(await checkProcesses(client, patienceMs)),
  ];
  for (const one of storage) {
    found.push(...(await checkFiles(client, one, { patienceMs, deep })));
    found.push(...(await checkLeftovers(client, one, { patienceMs })));
  }
  return found;
}

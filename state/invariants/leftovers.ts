import { join } from 'node:path';
import type { Client } from 'pg';
import { attemptFolderName } from '../../engine/model/attempt-folder.ts';
import { type FileOptions, isOld, namesIn, type Storage } from './files.ts';
import { runOf, type Violation } from './invariant.ts';

/** Whether a component run that has not ended holds the claim under this fence. */
const aliveText = `
select exists (
  select from signalbox.claim k join signalbox.component_run c on c.id = k.component_run_id
  where k.environment = $1 and k.dag = $2 and k.component = $3 and k.fence = $4 and c.finished_at is null) as "isAlive"`;

/** Staging and scratch hold nothing of attempts that are over. Changes nothing. */
export async function checkLeftovers(
  client: Client,
  storage: Storage,
  { patienceMs = 0 }: FileOptions,
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  for (const parent of [join('curated', '.staging'), 'scratch']) {
    const folder = join(storage.storageRoot, parent);
    for (const name of await namesIn(folder)) {
      const path = join(folder, name);
      const mend = (await isOld(path, patienceMs)) ? await mendOf(client, storage, path, name) : undefined;
      if (mend !== undefined) violations.push(leftover(path, mend));
    }
  }
  return violations;
}

/** Undefined when somebody is at work in it. */
async function mendOf(
  client: Client,
  { environment }: Storage,
  path: string,
  name: string,
): Promise<string | undefined> {
  const { dag, component, fence } = attemptFolderName.exec(name)?.groups ?? {};
  if (dag === undefined || component === undefined) return `It is none of the engine's: rm -r '${path}'`;
  const { rows } = await client.query<{ isAlive: boolean }>(aliveText, [environment, dag, component, fence]);
  return rows[0]?.isAlive ? undefined : `Its next run sweeps it: ${runOf({ environment, dag, component })}`;
}

function leftover(path: string, mend: string): Violation {
  return {
    invariant: 'nothing-is-left-of-the-dead',
    rule: 'staging and scratch hold nothing of an attempt that is over',
    found: `${path} is of an attempt that is over`,
    mend,
  };
}

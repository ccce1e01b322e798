import type { State } from '../../state/open-state.ts';
import type { Backfill } from '../model/backfill.ts';
import { programName } from '../model/program.ts';
import { UsageError } from './usage-error.ts';

const shortest = 4;

/** The backfill that somebody named by its id, the first or last part of it, or as `last`, the newest. */
export async function findBackfill({ backfills }: State, environment: string, name: string): Promise<Backfill> {
  const all = await backfills.list({ environment });
  const isNamed = ({ id }: Backfill) => name.length >= shortest && (id.startsWith(name) || id.endsWith(name));
  const found = name === 'last' ? all.slice(0, 1) : all.filter(isNamed);
  const [first, ...others] = found;
  if (first && others.length === 0) return first;
  const what = first ? `which names ${found.length}` : 'which names none';
  const hint = `\`${programName} backfill list --env ${environment}\` lists them.`;
  throw new UsageError(`expected the id of a backfill, got \`${name}\`, ${what}`, hint);
}

import { environmentNames } from '../../../config/environments.ts';
import { type Config, loadConfig, type Project } from '../../../config/load.ts';
import { checkInvariants } from '../../../state/invariants/check-invariants.ts';
import { type GivenLimits, invariants } from '../../../state/invariants/database.ts';
import type { Violation } from '../../../state/invariants/invariant.ts';
import type { State } from '../../../state/open-state.ts';
import { withState } from '../project.ts';
import { declaredQuotas } from '../quotas/declared-quotas.ts';
import { checkForgottenSlots } from './check-forgotten-slots.ts';
import { type Finding, fine } from './finding.ts';

/** Work that goes on, and what the next tick recovers, is none of the doctor's concern. */
const patienceMs = 300_000;

/** What must always hold of what is recorded, published and running; and slots that wait for nobody. */
export async function checkRecords(project: Project, deep: boolean): Promise<readonly Finding[]> {
  return await withState(project, (state) => lookAt(state, deep), { migrate: false }).catch(unreachable);
}

/** That the database cannot be reached has been told before. */
function unreachable(): readonly Finding[] {
  return [];
}

async function lookAt(state: State, deep: boolean): Promise<readonly Finding[]> {
  const { version, newest } = await state.migrationStatus();
  if (version !== newest) return [];
  const configs = environmentNames.flatMap(configOrNothing);
  const storage = configs.map(({ environment, storageRoot }) => ({ environment, storageRoot }));
  const options = { ...(await limitsOf(configs)), storage, deep, patienceMs };
  const violations = await state.upkeep('tell what it holds', (client) => checkInvariants(client, options));
  const found = [...violations.map(findingOf), ...(await checkForgottenSlots(state))];
  if (found.length > 0) return found;
  const rules = `${invariants.length} invariants of the database hold`;
  return [fine('records', `${rules}; files and processes are as they must be`)];
}

/** Settings that are not valid are told of elsewhere. */
function configOrNothing(environment: string): readonly Config[] {
  try {
    return [loadConfig({ environment })];
  } catch {
    return [];
  }
}

async function limitsOf(configs: readonly Config[]): Promise<GivenLimits> {
  const quotas = await Promise.all(configs.map((config) => declaredQuotas(config).catch(() => [])));
  return {
    concurrency: Object.fromEntries(
      configs.map(({ environment, settings }) => [
        environment,
        { other: settings.concurrency, dags: overlaidConcurrency(settings.dags) },
      ]),
    ),
    quotas: quotas.flat().map(({ quota: { name, per, limit } }) => ({ name, per, limit })),
  };
}

function overlaidConcurrency(dags: Config['settings']['dags']): Readonly<Record<string, number>> {
  const overlaid = Object.entries(dags).flatMap(([dag, { concurrency }]) =>
    concurrency === undefined ? [] : [[dag, concurrency] as const],
  );
  return Object.fromEntries(overlaid);
}

function findingOf({ invariant, found, mend }: Violation): Finding {
  return { level: 'fail', subject: invariant, message: found, hint: mend };
}

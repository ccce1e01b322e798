import { environmentNames } from '../../../config/environments.ts';
import { type Config, loadConfig } from '../../../config/load.ts';
import { missingSecrets } from '../../embed/secrets.ts';
import type { FoundDags } from '../../load/find-dags.ts';
import { programName } from '../../model/program.ts';
import { allDags } from '../project.ts';
import { type Finding, failing, fine } from './finding.ts';

/** The DAG files, the settings of each environment, and the secrets that are asked for there. */
export async function checkDags(): Promise<readonly Finding[]> {
  const mend = `Mend the file; \`${programName} validate\` shows all that is wrong.`;
  const found = await allDags().catch((error: unknown): FoundDags & { readonly lost: Finding } => ({
    dags: [],
    errors: [],
    lost: failing('dags', error, mend),
  }));
  return [
    ...('lost' in found ? [found.lost] : []),
    ...found.dags.map(({ dag, file }) => fine('dag', `${dag.id} loads from ${file}`)),
    ...found.errors.map((error) => failing('dag', error, mend)),
    ...environmentNames.flatMap((environment) => checkEnvironment(environment, found)),
  ];
}

function checkEnvironment(environment: string, { dags }: FoundDags): readonly Finding[] {
  const subject = `environment ${environment}`;
  let config: Config;
  try {
    config = loadConfig({ environment });
  } catch (error) {
    return [failing(subject, error, 'Mend the setting.')];
  }
  // The sandbox brings keys of its own.
  const concerned = environment === 'sandbox' ? [] : dags;
  const missing = concerned.flatMap(({ dag }) => missingSecrets(dag.components, config.secret));
  if (missing.length === 0) return [fine(subject, 'its settings are valid and no secret is missing')];
  const hint = `Set it in the environment or in .env, see env.template, before a run with --env ${environment}.`;
  return missing.map(({ component, secret }) => ({
    level: 'warn',
    subject,
    message: `${component} needs the secret ${secret}, which is not set`,
    hint,
  }));
}

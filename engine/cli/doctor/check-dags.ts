import { environmentNames } from '../../../config/environments.ts';
import { type Config, loadConfig, loadProject } from '../../../config/load.ts';
import { type UnknownName, unknownNames } from '../../../config/unknown-names.ts';
import { dagFolderOf } from '../../embed/ready-dag.ts';
import { type MissingSecret, missingSecrets } from '../../embed/secrets.ts';
import type { FoundDags } from '../../load/find-dags.ts';
import { misnamedFiles } from '../../load/misnamed-file.ts';
import type { Dag } from '../../model/component.ts';
import { formatProblem } from '../../model/problem.ts';
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
    ...misnamedFiles(found.dags, dagFolderOf(loadProject())).map(({ file, message, hint }) => {
      return { level: 'warn', subject: 'dag', message: `${file}: ${message}`, hint } as const;
    }),
    ...environmentNames.flatMap((environment) => checkEnvironment(environment, found)),
  ];
}

function checkEnvironment(environment: string, { dags, errors }: FoundDags): readonly Finding[] {
  const subject = `environment ${environment}`;
  let config: Config;
  try {
    config = loadConfig({ environment });
  } catch (error) {
    return [failing(subject, error, 'Mend the setting.')];
  }
  // A file that does not load may have the name; the sandbox brings keys of its own.
  const unknown =
    errors.length > 0 ? [] : unknownNames(config, dagsOf(dags)).map((name) => unknownFinding(subject, name));
  const missing =
    environment === 'sandbox' ? [] : dags.flatMap(({ dag }) => missingSecrets(dag.components, config.secret));
  const findings = [...unknown, ...missing.map((lack) => secretFinding(subject, environment, lack))];
  return findings.length > 0 ? findings : [fine(subject, 'its settings are valid and no secret is missing')];
}

function dagsOf(loaded: FoundDags['dags']): readonly Dag[] {
  return loaded.map(({ dag }) => dag);
}

function secretFinding(subject: string, environment: string, { component, secret }: MissingSecret): Finding {
  const hint = `Set it in the environment or in .env, see env.template, before a run with --env ${environment}.`;
  return { level: 'warn', subject, message: `${component} needs the secret ${secret}, which is not set`, hint };
}

function unknownFinding(subject: string, { from, problem }: UnknownName): Finding {
  const { hint = '', ...known } = problem;
  return { level: 'fail', subject, message: `${formatProblem(known)}, from ${from}`, hint };
}

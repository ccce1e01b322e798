import type { Config } from '../../../config/load.ts';
import { programName } from '../../model/program.ts';
import { didYouMean } from '../../model/suggest.ts';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { type DeclaredQuota, declaredQuotas } from './declared-quotas.ts';

/** The one quota that somebody named, in `dag` if that is given. */
export async function findQuota(name: string, dag: string | undefined, config: Config): Promise<DeclaredQuota> {
  const declared = await declaredQuotas(config);
  const named = declared.filter(({ quota }) => quota.name === name);
  const meant = named.filter(({ dags }) => dag === undefined || dags.includes(dag));
  const [first, ...others] = meant;
  if (!first) throw unknown(name, dag, named, declared);
  if (others.length > 0) {
    const places = meant.map(({ dags }) => dags.join(', ')).join(' and ');
    throw new UsageError(
      `expected one quota, got \`${name}\`, which counts apart in ${places}`,
      'Name one with --dag.',
    );
  }
  if (first.missing.length === 0) return first;
  const message = `expected values for ${first.missing.join(', ')}, got none: the quota is counted for each credential`;
  throw new UsageError(
    message,
    'Set them in the environment or in .env, or choose --env sandbox.',
    exitCodes.configuration,
  );
}

function unknown(
  name: string,
  dag: string | undefined,
  named: readonly DeclaredQuota[],
  declared: readonly DeclaredQuota[],
): UsageError {
  if (named.length > 0) {
    const hint = `It is used in ${named.flatMap(({ dags }) => dags).join(', ')}.`;
    return new UsageError(`expected a DAG that uses quota \`${name}\`, got \`${dag}\``, hint);
  }
  const names = declared.map(({ quota }) => quota.name);
  const hint = didYouMean(name, names) ?? `\`${programName} quota list\` shows what there is.`;
  return new UsageError(`expected the name of a quota, got \`${name}\`, which no DAG here uses`, hint);
}

import type { Config } from '../../../config/load.ts';
import { applyOverlay } from '../../../config/overlay.ts';
import { credentialOf } from '../../embed/quotas.ts';
import { sandboxSecrets } from '../../embed/secrets.ts';
import type { Dag } from '../../model/component.ts';
import type { QuotaKey, QuotaUse } from '../../model/quota.ts';
import { quotaUsers } from '../../model/quota-uses.ts';
import { allDags } from '../project.ts';

/** A quota of the project as an environment has it, with the count that its calls go to. */
export interface DeclaredQuota {
  readonly quota: QuotaUse;
  readonly key: QuotaKey;
  readonly dags: readonly string[];
  /** Secrets of the credential that have no value here: then it is not known which count that is. */
  readonly missing: readonly string[];
}

/** Every quota of the DAGs that load; DAGs that share numbers and credential share one. */
export async function declaredQuotas(config: Config): Promise<readonly DeclaredQuota[]> {
  const { dags } = await allDags();
  const found = new Map<string, DeclaredQuota>();
  for (const { dag } of dags) {
    for (const declared of quotasIn(applyOverlay(dag, config.settings), config)) {
      const { priority: _, ...numbers } = declared.quota;
      const identity = JSON.stringify([numbers, declared.key]);
      const same = found.get(identity);
      found.set(identity, same ? { ...same, dags: [...same.dags, ...declared.dags] } : declared);
    }
  }
  return [...found.values()].toSorted((left, right) => (left.quota.name < right.quota.name ? -1 : 1));
}

function quotasIn(dag: Dag, { environment, secret }: Config): readonly DeclaredQuota[] {
  const isSandbox = environment === 'sandbox';
  const read = isSandbox ? sandboxSecrets(dag) : secret;
  return [...quotaUsers(dag).values()].flatMap(([component]) => {
    const { quota } = component ?? {};
    if (!component || !quota) return [];
    const names = isSandbox ? [] : (quota.credential ?? component.secrets);
    const missing = names.filter((name) => read(name) === undefined);
    const key = { quota: quota.name, per: quota.per, credential: credentialOf(component, read, isSandbox) };
    return [{ quota, key, dags: [dag.id], missing }];
  });
}

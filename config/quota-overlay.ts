import type { Dag } from '../engine/model/component.ts';
import type { QuotaUse } from '../engine/model/quota.ts';
import { ConfigError } from './config-error.ts';
import type { Settings } from './schema.ts';

/** The quotas of a DAG as an environment has them. Returns the DAG itself where the environment changes none of them. */
export function overlayQuotas(dag: Dag, overlays: Settings['quotas']): Dag {
  const isConcerned = dag.components.some(({ quota }) => quota && Object.hasOwn(overlays, quota.name));
  if (!isConcerned) return dag;
  const components = dag.components.map((component) => {
    const { quota } = component;
    const overlay = quota && Object.hasOwn(overlays, quota.name) ? overlays[quota.name] : undefined;
    return quota && overlay ? Object.freeze({ ...component, quota: overlayQuota(quota, overlay) }) : component;
  });
  return Object.freeze({ ...dag, components });
}

function overlayQuota(quota: QuotaUse, { limit, reserve }: Settings['quotas'][string]): QuotaUse {
  const changed = {
    ...quota,
    ...(limit === undefined ? {} : { limit }),
    ...(reserve === undefined ? {} : { reserve }),
  };
  if (changed.reserve < changed.limit) return Object.freeze(changed);
  const message = `expected \`quotas.${quota.name}.reserve\` to be less than its limit of ${changed.limit}, got ${changed.reserve}`;
  throw new ConfigError(message, { hint: 'Where an environment lowers the limit it must lower the reserve as well.' });
}

import fc from 'fast-check';
import type { DecisionFacts, QuotaAnswer } from '../../../../engine/decide/facts.ts';
import { fingerprintOf } from '../../../../engine/decide/fingerprint.ts';
import { type Component, type TriggerRule, triggerRules } from '../../../../engine/model/component.ts';
import type { ProbeResult, SourceEvidence } from '../../../../engine/model/evidence.ts';
import type { LastSuccess } from '../../../../engine/model/ports.ts';

/** What a component is, what is known of it before a run, and what will come of it if it is asked or run. */
export interface RandomNode {
  readonly component: Pick<Component, 'id' | 'version' | 'params' | 'enabled' | 'dependsOn' | 'rule'>;
  readonly facts: Omit<DecisionFacts, 'upstreams' | 'upstreamDigests'>;
  readonly probe: ProbeResult;
  /** `older`: what some downstream read last, and what was published before that. */
  readonly attempt: 'fresh' | 'same' | 'older' | 'failed' | 'deferred';
  /** Before the run calls are left, and others may take them. */
  readonly isScarce: boolean;
}

const evidence = (digest: string): readonly SourceEvidence[] => [
  { source: 'feed', parts: [{ digest, sha256: digest, bytes: 1, notModified: false }] },
];

const choices = fc.record({
  upstreams: fc.array(fc.record({ index: fc.nat(7), optional: fc.boolean() }), { maxLength: 4 }),
  /** Of each upstream, what the last success was built from. */
  builtFrom: fc.array(fc.constantFrom('newest', 'newest', 'newest', 'older', 'failed'), { minLength: 8, maxLength: 8 }),
  rule: fc.oneof(fc.constant<TriggerRule>('all_success'), fc.constantFrom(...triggerRules)),
  hasSource: fc.boolean(),
  isKnown: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
  isRedefined: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  isMissing: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
  enabled: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  selected: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  due: fc.constantFrom('always', 'due', 'not_due'),
  quota: fc.constantFrom('none', 'none', 'left', 'left', 'spent'),
  isScarce: fc.boolean(),
  source: fc.constantFrom('same', 'same', 'moved', 'unknown'),
  attempt: fc.constantFrom<RandomNode['attempt']>('fresh', 'fresh', 'same', 'older', 'failed', 'deferred'),
});
type Choices = typeof choices extends fc.Arbitrary<infer Value> ? Value : never;

/** Up to eight components, each after some of those before it. */
export const randomWorld: fc.Arbitrary<readonly RandomNode[]> = fc
  .record({ nodes: fc.array(choices, { minLength: 1, maxLength: 8 }), forced: fc.nat(9).map((chance) => chance === 0) })
  .map(({ nodes, forced }) => nodes.map((node, own) => toNode(node, own, forced)));

function toNode(node: Choices, own: number, forced: boolean): RandomNode {
  const upstreams = new Map(
    node.upstreams.filter(({ index }) => index < own).map(({ index, optional }) => [index, optional]),
  );
  const dependsOn = [...upstreams].map(([index, optional]) => ({
    name: `c${index}`,
    component: `c${index}`,
    optional,
  }));
  const component = { id: `c${own}`, version: '1', params: {}, enabled: node.enabled, dependsOn, rule: node.rule };
  const { due, quota, hasSource } = node;
  const lastSuccess = node.isKnown ? lastSuccessOf(node, component) : undefined;
  return {
    component,
    facts: {
      component,
      declaresSource: hasSource,
      declaresUpstream: dependsOn.length > 0,
      selected: node.selected,
      forced,
      missingOutputs: lastSuccess && node.isMissing ? ['gone.parquet'] : [],
      ...(lastSuccess ? { lastSuccess } : {}),
      ...(due === 'always' ? {} : { due: { due: due === 'due', reason: due, because: due, inputs: {} } }),
      ...(quota === 'none' ? {} : { quota: quotaOf(quota === 'left') }),
    },
    probe:
      node.source === 'unknown'
        ? { known: false, message: 'connection refused' }
        : { known: true, evidence: evidence(node.source === 'same' ? 'feed-1' : 'feed-2') },
    attempt: node.attempt === 'deferred' && quota === 'none' ? 'fresh' : node.attempt,
    isScarce: node.isScarce && quota !== 'none',
  };
}

export function quotaOf(available: boolean): QuotaAnswer {
  return { available, because: available ? 'calls are left' : 'no call is left', inputs: {} };
}

function lastSuccessOf(
  { builtFrom, hasSource, isRedefined }: Choices,
  component: RandomNode['component'],
): LastSuccess {
  const read = hasSource ? evidence('feed-1') : [];
  const upstreamDigests = Object.fromEntries(
    component.dependsOn.map(({ component: upstream }, index) => {
      const from = builtFrom[index];
      return [upstream, from === 'failed' ? 'failed' : `${from}:${upstream}`];
    }),
  );
  const fingerprint = fingerprintOf({ component, evidence: read, upstreamDigests });
  return {
    component: component.id,
    componentRunId: `before-${component.id}`,
    finishedAt: new Date(0),
    output: null,
    outputDigest: `newest:${component.id}`,
    fingerprint: isRedefined ? 'fp:v1:other' : fingerprint,
    upstreamDigests,
    evidence: read,
    trust: {},
    skips: 0,
    datasets: [],
    answeredUntil: new Date(0),
  };
}

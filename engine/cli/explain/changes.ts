import type { Component } from '../../model/component.ts';
import type { Decision } from '../../model/decision.ts';

/** What a component reads and would run for if it moved; by name, where the decision got as far as comparing it. */
export function changesOf({ sources, dependsOn }: Component, decision: Decision): readonly string[] {
  const compared = sourcesOf(decision);
  const upstreams = dependsOn.map(({ component }) => component);
  return [
    ...(sources ? [`other content of ${compared.length > 0 ? compared.join(' or ') : 'its source'}`] : []),
    ...(upstreams.length > 0 ? [`another output of ${upstreams.join(' or ')}`] : []),
  ];
}

function sourcesOf({ checks }: Decision): readonly string[] {
  const evidence = checks.find(({ check }) => check === 'source')?.inputs.evidence;
  return Array.isArray(evidence) ? evidence.flatMap(nameOf) : [];
}

function nameOf(evidence: unknown): readonly string[] {
  const isNamed = typeof evidence === 'object' && evidence !== null && 'source' in evidence;
  return isNamed ? [String(evidence.source)] : [];
}

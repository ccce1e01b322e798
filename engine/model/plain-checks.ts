import type { CheckName, DecisionCheck } from './decision.ts';

/**
 * What checks say that have nothing to tell: the same sentence for most components of most runs. Each is one object, so
 * that whoever keeps the decisions knows it when it comes by and keeps its name. A name stands in databases: it may get
 * another sentence, and never goes.
 */
export const plainChecks = {
  enabled: passed('enabled', 'it is enabled'),
  selected: passed('selected', 'it is part of what this run was asked for'),
  asked_now: passed('due', 'this run asks every component now, whatever its schedule'),
  no_upstream: passed('upstreams', 'it has no upstream', { statuses: {} }),
  no_quota: passed('quota', 'its calls are not counted by a quota'),
  not_forced: passed('forced', 'nobody forced it'),
  reads_source: passed('declared_input', 'it declares what it reads', { source: true, dependsOn: false }),
  reads_upstream: passed('declared_input', 'it declares what it reads', { source: false, dependsOn: true }),
  reads_both: passed('declared_input', 'it declares what it reads', { source: true, dependsOn: true }),
  no_files: passed('output_present', 'every published file is in its place', { files: 0, missing: [] }),
  no_upstream_output: passed('upstream_outputs', 'the outputs of its upstreams are the same', {
    upstreams: [],
    moved: {},
  }),
  no_source: passed('source', 'it declares no source of its own'),
} as const;

export type PlainCheck = keyof typeof plainChecks;

function passed(check: CheckName, because: string, inputs: DecisionCheck['inputs'] = {}): DecisionCheck {
  return Object.freeze({ check, result: 'passed', because, inputs });
}

import type { Component } from '../model/component.ts';
import type { StagedDataset } from '../model/dataset.ts';
import type { SourceEvidence } from '../model/evidence.ts';
import type { Json } from '../model/json.ts';
import { digestOf } from './canonical.ts';

export type FingerprintedComponent = Pick<Component, 'version' | 'params'>;

/** What can change the output of a component, as far as it declared it. */
export interface FingerprintInputs {
  readonly component: FingerprintedComponent;
  readonly evidence: readonly SourceEvidence[];
  /** Upstream component → output digest. */
  readonly upstreamDigests: Readonly<Record<string, string>>;
}

/** `fp:v1:<sha256>`. Holds no host, port, path, file name or clock: the same inputs give it on every machine. */
export function fingerprintOf({ component, evidence, upstreamDigests }: FingerprintInputs): string {
  const { version, params } = component;
  const sources: Record<string, Json> = {};
  for (const { source, parts } of evidence) sources[source] = parts.map((part) => part.digest);
  return `fp:v1:${digestOf({ params, sources, upstreams: upstreamDigests, version })}`;
}

/** Digest of what an attempt made: its datasets by content, and its returned value. */
export function outputDigestOf(output: Json, datasets: readonly Pick<StagedDataset, 'dataset' | 'digest'>[]): string {
  const contents: Record<string, Json> = {};
  for (const { dataset, digest } of datasets) contents[dataset] = digest;
  return digestOf({ datasets: contents, output });
}

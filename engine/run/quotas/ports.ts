import type { Component } from '../../model/component.ts';
import type { Quota, QuotaStore, QuotaWindow } from '../../model/quota.ts';

/** Quotas, as far as a run reaches them. */
export interface RunQuotas {
  readonly store: QuotaStore;
  readonly windowOf: (quota: Quota, now: Date) => QuotaWindow;
  /** Digest of the credential that the component's calls are made with. */
  readonly credentialOf: (component: Component) => string;
}

import type { Component } from '../../model/component.ts';
import { type ComponentCost, type Foreseen, mayRun } from '../../model/foreseen.ts';
import type { QuotaUse } from '../../model/quota.ts';
import { keyOf } from '../quotas/charge.ts';
import type { RunQuotas } from '../quotas/ports.ts';

/** What components of a plan are expected to take of a quota before another one has its turn. */
export interface ExpectedTake {
  readonly calls: number;
  readonly components: readonly string[];
}

const none: ExpectedTake = { calls: 0, components: [] };

/** Calls of a plan by quota and credential, in the order in which its components are decided. */
export class ExpectedCalls {
  readonly #quotas: RunQuotas;
  readonly #costs: ReadonlyMap<string, ComponentCost>;
  readonly #taken = new Map<string, ExpectedTake>();

  constructor(quotas: RunQuotas, costs: ReadonlyMap<string, ComponentCost>) {
    this.#quotas = quotas;
    this.#costs = costs;
  }

  before(component: Component, quota: QuotaUse): ExpectedTake {
    return this.#taken.get(this.#keyOf(component, quota)) ?? none;
  }

  /** As many as its last success took; one, the least that an attempt makes, where none is known. */
  add(component: Component, foreseen: Foreseen): void {
    if (!component.quota || !mayRun(foreseen)) return;
    const { calls, components } = this.before(component, component.quota);
    const own = this.#costs.get(component.id)?.calls || 1;
    this.#taken.set(this.#keyOf(component, component.quota), {
      calls: calls + own,
      components: [...components, component.id],
    });
  }

  #keyOf(component: Component, quota: QuotaUse): string {
    return JSON.stringify(keyOf(component, quota, this.#quotas));
  }
}

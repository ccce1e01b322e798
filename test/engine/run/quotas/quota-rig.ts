import { type ComponentContext, component, type Dag, defineDag, type QuotaOptions, quota } from 'signalbox';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { systemClock } from '../../../../engine/clock/system-clock.ts';
import type { RunSummary } from '../../../../engine/model/summary.ts';
import { windowOf } from '../../../../engine/schedule/quota-window.ts';
import { newId } from '../../../../state/new-id.ts';
import { type Origin, startOrigin } from '../../../harness/origin.ts';
import { openRunRig, type RigRunOptions, type RunRig } from '../../../harness/run-rig.ts';

export const morning = new Date('2026-03-01T10:00:00Z');
export const midnight = new Date('2026-03-02T00:00:00Z');
export const fixedClock = { ...systemClock, now: () => morning };

/** A database and a service that counts, for a test file; each test has a quota of its own. */
export interface QuotaRig {
  readonly rig: RunRig;
  readonly origin: Origin;
  /** Name of the quota of the test that runs. */
  readonly name: string;
  /** 10 calls a day unless it says otherwise. */
  some(options?: Partial<QuotaOptions>): ReturnType<typeof quota>;
  run(dag: Dag, options?: RigRunOptions): Promise<RunSummary>;
  /** Calls on record for this morning's day. */
  used(): Promise<number>;
  /** Calls of `/a` that the service got so far. */
  sent(): number;
}

export function useQuotaRig(): () => QuotaRig {
  let rig: RunRig;
  let origin: Origin;
  let name = '';
  beforeAll(async () => {
    rig = await openRunRig();
    origin = await startOrigin();
  });
  beforeEach(() => {
    name = `q-${newId()}`;
  });
  afterAll(async () => {
    await rig.close();
    await origin.close();
  });
  return () => ({
    rig,
    origin,
    name,
    some: (options = {}) => quota(name, { limit: 10, per: 'day', ...options }),
    run: (dag, options = {}) => {
      const network = { kind: 'only', host: origin.host, port: origin.port } as const;
      const ports = { clock: fixedClock, ...options.ports };
      return rig.run(dag, { ...options, ports, origin: { baseUrl: origin.url, network } });
    },
    used: async () => {
      const key = { quota: name, credential: 'credential', per: 'day' } as const;
      return (await rig.state.quotas.look(key, windowOf({ per: 'day', timezone: 'UTC' }, morning), morning)).used;
    },
    sent: () => origin.requests.filter(({ path }) => path === '/a').length,
  });
}

/** Asks `/a` so many times, one after another. */
export function asking(id: string, times: number, more: object = {}) {
  const run = async ({ http, baseUrl }: Pick<ComponentContext, 'http' | 'baseUrl'>) => {
    for (let n = 0; n < times; n += 1) await http.text({ url: `${baseUrl}/a?n=${n}` });
    return times;
  };
  return component({ id, isolation: 'inline', run, ...more });
}

export function dagOf(...components: ReturnType<typeof component>[]): Dag {
  return defineDag({ id: `dag-${newId()}`, components });
}

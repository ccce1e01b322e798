import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../engine/clock/system-clock.ts';
import type { Dag } from '../../../../engine/model/component.ts';
import type { QuotaStore } from '../../../../engine/model/quota.ts';
import { windowOf } from '../../../../engine/schedule/quota-window.ts';
import { type Origin, startOrigin } from '../../../harness/origin.ts';
import { bundleOf, type ChildRig, rigChildren } from '../../../harness/run-children.ts';
import { type LiveRun, openRunRig, type RunRig } from '../../../harness/run-rig.ts';

const file = fileURLToPath(new URL('./fixtures/calls.ts', import.meta.url));
const timezone = 'Australia/Melbourne';
const [limit, reserve, days] = [4, 1, 20];

let rig: RunRig;
let origin: Origin;
let children: ChildRig;
let dag: Dag;

beforeAll(async () => {
  rig = await openRunRig();
  origin = await startOrigin();
  children = await rigChildren({ file, clock: systemClock, spare: 1 });
  dag = (await bundleOf(file, children.folder)).dag;
});
afterAll(async () => {
  await children.close();
  await rig.close();
  await origin.close();
});

/** What becomes of the process that makes a call: it dies between the count and the send, or right after the send. */
type Fate = 'lives' | 'dies_before' | 'dies_after';
const fates = fc.sample(
  fc.constantFrom<Fate>('dies_before', 'dies_after', 'dies_before', 'dies_after', 'lives'),
  limit * days * 2,
);

/** The clock of the simulation, what the service counts, and who is killed when. */
class World {
  now = new Date(0);
  live: LiveRun | undefined;
  readonly received = new Map<string, number>();
  readonly kills = { dies_before: 0, dies_after: 0 };
  #fate: Fate = 'lives';
  #next = 0;

  /** The day that the service is in; it knows nothing of our windows. */
  get day(): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: timezone }).format(this.now);
  }

  counting(store: QuotaStore): QuotaStore {
    return {
      ...store,
      take: async (key, take) => {
        const answer = await store.take(key, take);
        if (!answer.granted) return answer;
        this.#fate = fates[this.#next] ?? 'lives';
        this.#next += 1;
        if (this.#fate === 'dies_before') this.#kill('dies_before');
        return answer;
      },
    };
  }

  receive(): void {
    this.received.set(this.day, (this.received.get(this.day) ?? 0) + 1);
    if (this.#fate === 'dies_after') this.#kill('dies_after');
  }

  #kill(fate: 'dies_before' | 'dies_after'): void {
    const started = this.live?.events.filter((event) => event.type === 'attempt_started').at(-1);
    if (!started?.pid) throw new Error('expected a child at work');
    this.kills[fate] += 1;
    this.#fate = 'lives';
    process.kill(started.pid, 'SIGKILL');
  }
}

describe('20 days with processes killed at their calls', () => {
  it('send no call over the quota, and waste no more than one a kill', { timeout: 120_000 }, async () => {
    const world = new World();
    for (const path of ['/a', '/b', '/c', '/urgent']) {
      origin.route(path, () => {
        world.receive();
        return { body: path };
      });
    }
    const clock = { ...systemClock, now: () => world.now };
    const quotas = { store: world.counting(rig.state.quotas), windowOf, credentialOf: () => 'killed' };
    const network = { kind: 'only', host: origin.host, port: origin.port } as const;
    const ends = new Map<string, number>();
    let taken = 0;
    // Clocks are put forward on 4 October.
    let window = windowOf({ per: 'day', timezone }, new Date('2026-09-24T20:00:00Z'));
    for (let day = 0; day < days; day += 1) {
      const lengthMs = window.end.getTime() - window.start.getTime();
      for (let round = 0; round < limit + 2; round += 1) {
        world.now = new Date(window.start.getTime() + Math.floor((lengthMs * round) / (limit + 2)));
        const live = { baseUrl: origin.url, network };
        const options = { forced: true, process: children.workshop, origin: live, ports: { clock, quotas } };
        world.live = rig.start(dag, options);
        const { components } = await world.live.summary;
        for (const { component, status } of components) {
          ends.set(`${component} ${status}`, (ends.get(`${component} ${status}`) ?? 0) + 1);
        }
        if (components.every(({ status }) => status === 'deferred')) break;
      }
      const key = { quota: 'calls', credential: 'killed', per: 'day' } as const;
      const { used } = await rig.state.quotas.look(key, window, world.now);
      expect(used).toBe(limit);
      taken += used;
      window = windowOf({ per: 'day', timezone }, window.end);
    }
    const counts = [...world.received.values()];
    expect(counts.length).toBeGreaterThan(days / 2);
    expect(Math.max(...counts)).toBeLessThanOrEqual(limit);
    const sent = counts.reduce((sum, count) => sum + count, 0);
    expect(taken).toBeGreaterThanOrEqual(sent);
    expect(taken - sent).toBeLessThanOrEqual(world.kills.dies_before);
    expect(Math.min(world.kills.dies_before, world.kills.dies_after)).toBeGreaterThan(days / 2);
    expect(ends.get('urgent deferred')).toBeGreaterThanOrEqual(days);
    expect(reserve).toBe(dag.components[0]?.quota?.reserve);
  });
});

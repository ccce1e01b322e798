import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure } from '../../../engine/model/failure.ts';
import type { NetworkRule } from '../../../engine/model/task.ts';
import { rigComponent } from '../../harness/run-component.ts';
import hostileDag from '../fixtures/hostile.ts';
import type { ClientName } from './fault.ts';
import { type Hurry, hurried } from './hurry.ts';

export const soonMs = 150;

/** How one attempt ended. */
export interface Seen {
  readonly failure?: Failure;
  /** What the probe before it said, where it knew nothing. */
  readonly probed?: string;
  /** Files that are no whole body under their hash, wherever the attempt may write. */
  readonly leftovers: readonly string[];
}

/** One component with a folder of its own, that asks one upstream after another. */
export interface HostileClient {
  readonly name: ClientName;
  /** A probe and an attempt, as a run does it. */
  run(baseUrl: string, hurry?: Hurry): Promise<Seen>;
  /** A probe alone: what it said where it knew nothing. */
  probe(baseUrl: string): Promise<string | undefined>;
  close(): void;
}

/** What the components of the fixture declare; none of these may ever be read in a message. */
export const hostileSecrets = {
  TRANSPORT_VIC_KEY_ID: 'hidden-key',
  PTV_DEVID: 'hidden-devid',
  PTV_API_KEY: 'hidden-api-key',
};
export const hostileInputs = { discovery: { packages: { patronage: { resourceId: 'rows-1' } } }, schedule: {} };

export function openClient(name: ClientName, network: NetworkRule): HostileClient {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-hostile-'));
  const rig = (baseUrl: string, hurry?: Hurry) => {
    const options = { folder, baseUrl, network, secrets: hostileSecrets, inputs: hostileInputs };
    if (!hurry) return rigComponent(hostileDag, name, options);
    // The requests of `ckan` are its own; only the attempt's signal hurries it.
    return rigComponent(hurried(hostileDag, hurry), name, name === 'ckan' ? { ...options, ...stopSoon() } : options);
  };
  return {
    name,
    async probe(baseUrl) {
      const result = await rig(baseUrl).probe();
      return result.known ? undefined : result.message;
    },
    async run(baseUrl, hurry) {
      const probe = await rig(baseUrl, hurry).probe();
      const outcome = await rig(baseUrl, hurry).attempt();
      return {
        ...(outcome.status === 'success' ? {} : { failure: outcome.failure }),
        ...(probe.known ? {} : { probed: probe.message }),
        leftovers: leftoversIn(folder),
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function stopSoon() {
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error('stopped: component_timeout')), soonMs).unref();
  return { signal: stop.signal };
}

/** Landed bodies stay for the next attempt. What was staged, and what is in quarantine, is the parent's. */
function leftoversIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`)
    .filter((path) => !/^(?:landing\/[0-9a-f]{64}$|staging\/|quarantine\/)/.test(path));
}

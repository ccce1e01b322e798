import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHttpClient } from '../../../../components/http/client.ts';
import { only } from '../../../../components/http/guard.ts';
import type { Asking, Prober } from '../../../../engine/attempt/sources/prober.ts';
import type { SourceEvidence } from '../../../../engine/model/evidence.ts';
import { type Failure, FailureError } from '../../../../engine/model/failure.ts';
import type { LandedSource, Reading, Source } from '../../../../engine/model/source.ts';
import type { NetworkRule } from '../../../../engine/model/task.ts';

export interface Place {
  /** The project. */
  readonly folder: string;
  /** Writes a file that is old enough to be told by its stamp. */
  write(path: string, text: string, modified?: Date): string;
}

/** An instant long before any test. */
export const longAgo = new Date('2020-01-01T00:00:00Z');

export function openPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    write: (path, text, modified = longAgo) => {
      const place = join(folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text);
      utimesSync(place, modified, modified);
      return place;
    },
  };
}

export interface Watched {
  /** Asks once more, with what the last time has shown. */
  ask(reading?: Reading): Promise<LandedSource>;
  reopen(probed: SourceEvidence): Promise<LandedSource | undefined>;
}

/** One source of a project, asked again and again. */
export function watch<Asked extends Source>(
  prober: Prober<Asked>,
  source: Asked,
  folder: string,
  parts: { readonly network?: NetworkRule; readonly secrets?: Readonly<Record<string, string>> } = {},
): Watched {
  const network = parts.network ?? { kind: 'only', host: '127.0.0.1', port: 1 };
  const origin = network.kind === 'only' ? network : { host: '127.0.0.1', port: 1 };
  const { signal } = new AbortController();
  const http = createHttpClient({ signal, guard: only(origin) });
  onTestFinished(() => http.close());
  const landing = join(folder, 'landing');
  let previous: SourceEvidence | undefined;
  const asking = (reading: Reading): Asking => ({
    http,
    signal,
    network,
    secrets: parts.secrets ?? {},
    landing,
    project: folder,
    reading,
    ...(previous ? { previous } : {}),
  });
  return {
    ask: async (reading = 'validators') => {
      const landed = await prober.ask(source, asking(reading));
      previous = landed.evidence;
      return landed;
    },
    reopen: async (probed) => prober.reopen?.(source, probed, asking('validators')),
  };
}

export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection, got success'),
    (reason: unknown) => reason,
  );
  if (error instanceof FailureError) return error.failure;
  throw error;
}

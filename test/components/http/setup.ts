import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Failure, FailureError } from 'signalbox';
import { onTestFinished } from 'vitest';
import { createHttpClient, type HttpClientOptions, type OpenHttpClient } from '../../../components/http/client.ts';
import { only } from '../../../components/http/guard.ts';
import { type Origin, startOrigin } from '../../harness/origin.ts';

export async function localOrigin(options: { readonly https?: boolean } = {}): Promise<Origin> {
  const origin = await startOrigin(options);
  onTestFinished(() => origin.close());
  return origin;
}

export function clientFor(origin: Origin, options: Partial<HttpClientOptions> = {}): OpenHttpClient {
  const http = createHttpClient({ signal: new AbortController().signal, guard: only(origin), ...options });
  onTestFinished(() => http.close());
  return http;
}

export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-http-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Bench {
  readonly origin: Origin;
  readonly http: OpenHttpClient;
  readonly directory: string;
}

export async function setup(options: Partial<HttpClientOptions> = {}): Promise<Bench> {
  const origin = await localOrigin();
  return { origin, http: clientFor(origin, options), directory: await freshFolder() };
}

/** The Failure that the promise rejects with. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection, got success'),
    (reason: unknown) => reason,
  );
  if (error instanceof FailureError) return error.failure;
  throw error;
}

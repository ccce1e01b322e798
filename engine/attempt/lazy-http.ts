import type { OpenHttpClient } from '../../components/http/client.ts';
import type { QuotaCounter } from '../model/quota.ts';
import type { AttemptTask, NetworkRule } from '../model/task.ts';
import type { Meter } from './meter.ts';

interface LazyHttpParts {
  readonly network: NetworkRule;
  readonly signal: AbortSignal;
  readonly meter: Meter;
  /** Of the component. */
  readonly secrets: AttemptTask['secrets'];
  readonly quota?: QuotaCounter;
}

/** An http client that is loaded with the first request: most of a cold start would otherwise be spent on it. */
export function createLazyHttp(parts: LazyHttpParts): OpenHttpClient {
  let loaded: Promise<OpenHttpClient> | undefined;
  const client = () => {
    loaded ??= loadClient(parts);
    return loaded;
  };
  return {
    download: async (request, directory) => (await client()).download(request, directory),
    text: async (request) => (await client()).text(request),
    json: async (request) => (await client()).json(request),
    head: async (request) => (await client()).head(request),
    close: async () => (await loaded)?.close(),
  };
}

async function loadClient({ network, signal, meter, secrets, quota }: LazyHttpParts): Promise<OpenHttpClient> {
  const [{ createHttpClient }, { openGuard }] = await Promise.all([
    import('../../components/http/client.ts'),
    import('./open-guard.ts'),
  ]);
  return createHttpClient({
    signal,
    guard: openGuard(network),
    secrets: Object.values(secrets),
    onTraffic: ({ calls, bytesIn }) => {
      meter.countCalls(calls);
      meter.countBytesIn(bytesIn);
    },
    ...(quota ? { quota } : {}),
  });
}

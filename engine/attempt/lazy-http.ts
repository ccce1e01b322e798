import type { HttpClient } from '../model/http.ts';
import type { NetworkRule } from '../model/task.ts';
import type { Meter } from './meter.ts';

/** An http client that is loaded with the first request: most of a cold start would otherwise be spent on it. */
export function createLazyHttp(network: NetworkRule, signal: AbortSignal, meter: Meter): HttpClient {
  let loaded: Promise<HttpClient> | undefined;
  const client = () => {
    loaded ??= loadClient(network, signal, meter);
    return loaded;
  };
  return {
    download: async (request, directory) => (await client()).download(request, directory),
    text: async (request) => (await client()).text(request),
    json: async (request) => (await client()).json(request),
  };
}

async function loadClient(network: NetworkRule, signal: AbortSignal, meter: Meter): Promise<HttpClient> {
  const [{ createHttpClient }, { guardOf }] = await Promise.all([
    import('../../components/http/client.ts'),
    import('../../components/http/guard.ts'),
  ]);
  return createHttpClient({
    signal,
    guard: guardOf(network),
    onTraffic: ({ bytes }) => {
      meter.countCall();
      meter.countBytesIn(bytes);
    },
  });
}

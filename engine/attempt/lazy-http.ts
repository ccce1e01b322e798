import type { OpenHttpClient } from '../../components/http/client.ts';
import type { NetworkRule } from '../model/task.ts';
import type { Meter } from './meter.ts';

/** An http client that is loaded with the first request: most of a cold start would otherwise be spent on it. */
export function createLazyHttp(network: NetworkRule, signal: AbortSignal, meter: Meter): OpenHttpClient {
  let loaded: Promise<OpenHttpClient> | undefined;
  const client = () => {
    loaded ??= loadClient(network, signal, meter);
    return loaded;
  };
  return {
    download: async (request, directory) => (await client()).download(request, directory),
    text: async (request) => (await client()).text(request),
    json: async (request) => (await client()).json(request),
    close: async () => (await loaded)?.close(),
  };
}

async function loadClient(network: NetworkRule, signal: AbortSignal, meter: Meter): Promise<OpenHttpClient> {
  const [{ createHttpClient }, { only, publicOnly }] = await Promise.all([
    import('../../components/http/client.ts'),
    import('../../components/http/guard.ts'),
  ]);
  const guard = network.kind === 'only' ? only(network) : publicOnly({ allowHosts: network.allowHosts });
  return createHttpClient({
    signal,
    guard,
    onTraffic: ({ calls, bytesIn }) => {
      meter.countCalls(calls);
      meter.countBytesIn(bytesIn);
    },
  });
}

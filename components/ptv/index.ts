import { type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { type PtvTimetableOutput, ptvOutput } from './output.ts';
import { devidSecret, keySecret, liveBaseUrl, ptvSources, type RouteType } from './requests.ts';
import { ptvSandbox } from './sandbox.ts';
import type { PtvCredentials } from './signature.ts';

export type { PtvTimetableOutput } from './output.ts';

export interface PtvTimetableOptions {
  /** Only these modes of transport. Default: all. */
  readonly routeTypes?: readonly RouteType[];
  readonly baseUrl?: string;
}

/** Routes and disruptions of the PTV Timetable API v3. */
export function ptvTimetable(options: ComponentOptions & PtvTimetableOptions): ComponentHandle<PtvTimetableOutput> {
  const { routeTypes = [], baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { routeTypes },
    secrets: [devidSecret, keySecret],
    sandbox: ptvSandbox,
    output: ptvOutput,
    sources: (scope) => ptvSources(scope.baseUrl, credentialsOf(scope.secrets), scope.params.routeTypes),
    run: async (context) => (await import('./publish.ts')).publishTimetable(context),
  });
}

function credentialsOf(secrets: Readonly<Record<string, string>>): PtvCredentials {
  return { devid: secrets[devidSecret] ?? '', key: secrets[keySecret] ?? '' };
}

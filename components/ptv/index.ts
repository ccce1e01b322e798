import { readFile } from 'node:fs/promises';
import { type ComponentContext, type ComponentHandle, type ComponentOptions, component } from 'signalbox';
import { z } from 'zod';
import { decodeDisruptions, disruptionRows, disruptionTables } from './disruptions.ts';
import { devidSecret, keySecret, liveBaseUrl, ptvSources, type RouteType } from './requests.ts';
import { decodeRoutes, routeColumns, routeRow, volatileRouteColumn } from './routes.ts';
import { ptvSandbox } from './sandbox.ts';
import type { PtvCredentials } from './signature.ts';

export interface PtvTimetableOptions {
  /** Only these modes of transport. Default: all. */
  readonly routeTypes?: readonly RouteType[];
  readonly baseUrl?: string;
}

const output = z.object({ routes: z.number(), disruptions: z.number() });
export type PtvTimetableOutput = z.output<typeof output>;

type PtvContext = Pick<ComponentContext, 'source' | 'sql' | 'warn'>;

/** Routes and disruptions of the PTV Timetable API v3. */
export function ptvTimetable(options: ComponentOptions & PtvTimetableOptions): ComponentHandle<PtvTimetableOutput> {
  const { routeTypes = [], baseUrl = liveBaseUrl, ...common } = options;
  return component({
    ...common,
    baseUrl,
    params: { routeTypes },
    secrets: [devidSecret, keySecret],
    sandbox: ptvSandbox,
    output,
    sources: (scope) => ptvSources(scope.baseUrl, credentialsOf(scope.secrets), routeTypes),
    run: async (context) => ({
      routes: await publishRoutes(context),
      disruptions: await publishDisruptions(context),
    }),
  });
}

function credentialsOf(secrets: Readonly<Record<string, string>>): PtvCredentials {
  return { devid: secrets[devidSecret] ?? '', key: secrets[keySecret] ?? '' };
}

async function publishRoutes(context: PtvContext): Promise<number> {
  const { routes, healthy } = decodeRoutes(...(await readAnswer(context, 'routes')));
  if (!healthy) warnOffline(context, 'routes');
  const sql = await context.sql();
  await sql.stageRows('ptv_routes', routeColumns, routes.map(routeRow), { volatile: [volatileRouteColumn] });
  return routes.length;
}

async function publishDisruptions(context: PtvContext): Promise<number> {
  const { disruptions, healthy } = decodeDisruptions(...(await readAnswer(context, 'disruptions')));
  if (!healthy) warnOffline(context, 'disruptions');
  const sql = await context.sql();
  for (const table of disruptionTables) {
    await sql.stageRows(table.dataset, table.columns, disruptionRows(table, disruptions));
  }
  return disruptions.length;
}

async function readAnswer(
  context: PtvContext,
  id: string,
): Promise<[bytes: Uint8Array, contentType: string | undefined]> {
  const { parts, evidence } = await context.source(id);
  const body = parts[0];
  if (!body) throw new Error(`Internal error: ${id} was landed without a body`);
  return [await readFile(body.path), evidence.parts[0]?.contentType];
}

function warnOffline({ warn }: PtvContext, what: string): void {
  warn({
    code: 'ptv_offline',
    message: `the Timetable API answered ${what} and said that its system is offline (health 0)`,
  });
}

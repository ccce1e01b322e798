import { readFile } from 'node:fs/promises';
import type { ComponentContext } from 'signalbox';
import { decodeDisruptions, disruptionRows, disruptionTables } from './disruptions.ts';
import type { PtvTimetableOutput } from './output.ts';
import { decodeRoutes, routeColumns, routeRow, volatileRouteColumn } from './routes.ts';

type PtvContext = Pick<ComponentContext, 'source' | 'sql' | 'warn'>;

/** Publishes both landed answers as their tables. */
export async function publishTimetable(context: PtvContext): Promise<PtvTimetableOutput> {
  return { routes: await publishRoutes(context), disruptions: await publishDisruptions(context) };
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

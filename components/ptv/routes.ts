import type { CellValue } from 'signalbox';
import { z } from 'zod';
import { listOf } from '../http/expected-shape.ts';
import { instant, parseAnswer, statusSchema, trimmed } from './envelope.ts';

const routeSchema = z.object({
  route_type: z.int(),
  route_id: z.int(),
  route_name: trimmed.nullish(),
  route_number: trimmed.nullish(),
  route_gtfs_id: trimmed.nullish(),
  route_service_status: z.object({ description: trimmed.nullish(), timestamp: instant.nullish() }).nullish(),
});
const answerSchema = z.object({ routes: listOf(routeSchema), status: statusSchema });

export type Route = z.output<typeof routeSchema>;

/** Moves with every answer: it is when the service status was told, not when it changed. */
export const volatileRouteColumn = 'service_status_timestamp';

export const routeColumns = [
  { name: 'route_type', type: 'INTEGER' },
  { name: 'route_id', type: 'INTEGER' },
  { name: 'route_name', type: 'VARCHAR' },
  { name: 'route_number', type: 'VARCHAR' },
  { name: 'route_gtfs_id', type: 'VARCHAR' },
  { name: 'service_status', type: 'VARCHAR' },
  { name: volatileRouteColumn, type: 'TIMESTAMP WITH TIME ZONE' },
] as const;

/** `GET /v3/routes`. `healthy` is false when the API says that its system is offline. */
export function decodeRoutes(bytes: Uint8Array, contentType?: string) {
  const { routes, status } = parseAnswer(bytes, 'routes', answerSchema, contentType);
  return { routes, healthy: status?.health !== 0 };
}

export function routeRow({ route_service_status: service, ...own }: Route): readonly CellValue[] {
  const status = { service_status: service?.description, [volatileRouteColumn]: service?.timestamp };
  const record: Readonly<Record<string, CellValue>> = { ...own, ...status };
  return routeColumns.map(({ name }) => record[name]);
}

import type { CellValue, Column } from 'signalbox';
import { z } from 'zod';
import { listOf } from '../http/expected-shape.ts';
import { instant, parseAnswer, statusSchema, trimmed } from './envelope.ts';

const directionSchema = z.object({
  route_direction_id: z.int().nullish(),
  direction_id: z.int().nullish(),
  direction_name: trimmed.nullish(),
  service_time: trimmed.nullish(),
});
const routeSchema = z.object({
  route_type: z.int().nullish(),
  route_id: z.int().nullish(),
  route_name: trimmed.nullish(),
  route_number: trimmed.nullish(),
  route_gtfs_id: trimmed.nullish(),
  direction: directionSchema.nullish(),
});
const disruptionSchema = z.object({
  disruption_id: z.int(),
  title: trimmed.nullish(),
  url: trimmed.nullish(),
  description: trimmed.nullish(),
  disruption_status: trimmed.nullish(),
  disruption_type: trimmed.nullish(),
  published_on: instant.nullish(),
  last_updated: instant.nullish(),
  from_date: instant.nullish(),
  to_date: instant.nullish(),
  routes: listOf(routeSchema).nullish(),
  stops: listOf(z.object({ stop_id: z.int(), stop_name: trimmed.nullish() })).nullish(),
  colour: trimmed.nullish(),
  display_on_board: z.boolean().nullish(),
  display_status: z.boolean().nullish(),
});
const bucketSchema = listOf(disruptionSchema);
/** A bucket for each mode, null or absent where nothing is disrupted; `[]` where nothing is at all. */
const answerSchema = z.object({
  disruptions: z.union([bucketSchema, z.record(z.string(), bucketSchema.nullable())]),
  status: statusSchema,
});

/** A disruption that concerns several modes is in several buckets. */
export interface DisruptionOfMode {
  /** The bucket's name, such as `metro_train`; null if the answer has no buckets. */
  readonly mode: string | null;
  readonly disruption: z.output<typeof disruptionSchema>;
}

/** `GET /v3/disruptions`. `healthy` is false when the API says that its system is offline. */
export function decodeDisruptions(bytes: Uint8Array, contentType?: string) {
  const { disruptions: buckets, status } = parseAnswer(bytes, 'disruptions', answerSchema, contentType);
  return { disruptions: [...spread(buckets)], healthy: status?.health !== 0 };
}

function* spread(buckets: z.output<typeof answerSchema>['disruptions']): Generator<DisruptionOfMode> {
  const named = Array.isArray(buckets) ? [[null, buckets] as const] : Object.entries(buckets);
  for (const [mode, bucket] of named) {
    for (const disruption of bucket ?? []) yield { mode, disruption };
  }
}

/** One published table of the answer: its columns are fields of its records. */
export interface DisruptionTable {
  readonly dataset: string;
  readonly columns: readonly Column[];
  readonly records: (of: DisruptionOfMode) => readonly Readonly<Record<string, unknown>>[];
}

const key: readonly Column[] = [
  { name: 'mode', type: 'VARCHAR' },
  { name: 'disruption_id', type: 'BIGINT' },
];

export const disruptionTables: readonly DisruptionTable[] = [
  {
    dataset: 'ptv_disruptions',
    columns: [
      ...key,
      ...columns('VARCHAR', ['title', 'url', 'description', 'disruption_status', 'disruption_type']),
      ...columns('TIMESTAMP WITH TIME ZONE', ['published_on', 'last_updated', 'from_date', 'to_date']),
      ...columns('VARCHAR', ['colour']),
      ...columns('BOOLEAN', ['display_on_board', 'display_status']),
    ],
    records: ({ mode, disruption }) => [{ mode, ...disruption }],
  },
  {
    dataset: 'ptv_disruption_routes',
    columns: [
      ...key,
      ...columns('INTEGER', ['route_type', 'route_id']),
      ...columns('VARCHAR', ['route_name', 'route_number', 'route_gtfs_id']),
      ...columns('INTEGER', ['route_direction_id', 'direction_id']),
      ...columns('VARCHAR', ['direction_name', 'service_time']),
    ],
    records: ({ mode, disruption: { disruption_id, routes } }) =>
      (routes ?? []).map(({ direction, ...own }) => ({ mode, disruption_id, ...own, ...direction })),
  },
  {
    dataset: 'ptv_disruption_stops',
    columns: [...key, ...columns('INTEGER', ['stop_id']), ...columns('VARCHAR', ['stop_name'])],
    records: ({ mode, disruption: { disruption_id, stops } }) =>
      (stops ?? []).map((stop) => ({ mode, disruption_id, ...stop })),
  },
];

/** The rows of a table, one value a column. */
export function disruptionRows(
  table: DisruptionTable,
  disruptions: readonly DisruptionOfMode[],
): readonly (readonly CellValue[])[] {
  return disruptions.flatMap(table.records).map((record) => table.columns.map(({ name }) => record[name] as CellValue));
}

function columns(type: string, names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, type }));
}

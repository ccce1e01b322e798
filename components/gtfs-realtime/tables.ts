import type { CellValue, JsonObject } from 'signalbox';
import { alertRecords, alertTexts } from './alerts.ts';
import {
  double,
  flag,
  float,
  int32,
  int64,
  type RecordColumn,
  text,
  tripColumns,
  uint32,
  uint64,
  valueAt,
  vehicleColumns,
} from './columns.ts';
import type { Feed } from './decode.ts';
import { elementsOf, entitiesOf } from './entities.ts';
import type { FeedName } from './feeds.ts';

/** One published table of one feed. */
export interface RealtimeTable {
  readonly dataset: string;
  readonly feed: FeedName;
  readonly columns: readonly RecordColumn[];
  records(feed: Feed): readonly JsonObject[];
}

const entityId = text('entity_id', 'id');
const isDeleted = flag('is_deleted', 'is_deleted');
/** Published, but left out of the digest: it moves every 30 s. */
export const feedTimestamp = uint64('feed_timestamp', 'feed_timestamp');

export const realtimeTables: readonly RealtimeTable[] = [
  {
    dataset: 'gtfs_rt_trip_updates',
    feed: 'trip-updates',
    records: (feed) => asRecords(entitiesOf(feed, 'trip_update')),
    columns: [
      entityId,
      isDeleted,
      ...tripColumns('trip_update.trip'),
      text('modifications_id', 'trip_update.trip.modified_trip.modifications_id'),
      text('affected_trip_id', 'trip_update.trip.modified_trip.affected_trip_id'),
      ...vehicleColumns('trip_update.vehicle'),
      uint64('timestamp', 'trip_update.timestamp'),
      int32('delay', 'trip_update.delay'),
      text('new_trip_id', 'trip_update.trip_properties.trip_id'),
      text('new_start_date', 'trip_update.trip_properties.start_date'),
      text('new_start_time', 'trip_update.trip_properties.start_time'),
      text('new_shape_id', 'trip_update.trip_properties.shape_id'),
      text('new_trip_headsign', 'trip_update.trip_properties.trip_headsign'),
      text('new_trip_short_name', 'trip_update.trip_properties.trip_short_name'),
    ],
  },
  {
    dataset: 'gtfs_rt_stop_time_updates',
    feed: 'trip-updates',
    records: (feed) => elementsOf(feed, 'trip_update', 'stop_time_update'),
    columns: [
      entityId,
      int32('update_index', 'index'),
      text('trip_id', 'trip_update.trip.trip_id'),
      text('start_date', 'trip_update.trip.start_date'),
      text('start_time', 'trip_update.trip.start_time'),
      uint32('stop_sequence', 'element.stop_sequence'),
      text('stop_id', 'element.stop_id'),
      ...stopEventColumns('arrival'),
      ...stopEventColumns('departure'),
      text('schedule_relationship', 'element.schedule_relationship'),
      text('departure_occupancy_status', 'element.departure_occupancy_status'),
      text('assigned_stop_id', 'element.stop_time_properties.assigned_stop_id'),
      text('stop_headsign', 'element.stop_time_properties.stop_headsign'),
      text('pickup_type', 'element.stop_time_properties.pickup_type'),
      text('drop_off_type', 'element.stop_time_properties.drop_off_type'),
    ],
  },
  {
    dataset: 'gtfs_rt_vehicle_positions',
    feed: 'vehicle-positions',
    records: (feed) => asRecords(entitiesOf(feed, 'vehicle')),
    columns: [
      entityId,
      isDeleted,
      ...tripColumns('vehicle.trip'),
      ...vehicleColumns('vehicle.vehicle'),
      float('latitude', 'vehicle.position.latitude'),
      float('longitude', 'vehicle.position.longitude'),
      float('bearing', 'vehicle.position.bearing'),
      double('odometer', 'vehicle.position.odometer'),
      float('speed', 'vehicle.position.speed'),
      uint32('current_stop_sequence', 'vehicle.current_stop_sequence'),
      text('stop_id', 'vehicle.stop_id'),
      text('current_status', 'vehicle.current_status'),
      uint64('timestamp', 'vehicle.timestamp'),
      text('congestion_level', 'vehicle.congestion_level'),
      text('occupancy_status', 'vehicle.occupancy_status'),
      uint32('occupancy_percentage', 'vehicle.occupancy_percentage'),
    ],
  },
  {
    dataset: 'gtfs_rt_vehicle_carriages',
    feed: 'vehicle-positions',
    records: (feed) => elementsOf(feed, 'vehicle', 'multi_carriage_details'),
    columns: [
      entityId,
      int32('carriage_index', 'index'),
      text('carriage_id', 'element.id'),
      text('carriage_label', 'element.label'),
      uint32('carriage_sequence', 'element.carriage_sequence'),
      text('occupancy_status', 'element.occupancy_status'),
      int32('occupancy_percentage', 'element.occupancy_percentage'),
    ],
  },
  {
    dataset: 'gtfs_rt_alerts',
    feed: 'service-alerts',
    records: alertRecords,
    columns: [
      entityId,
      isDeleted,
      text('cause', 'alert.cause'),
      text('effect', 'alert.effect'),
      text('severity_level', 'alert.severity_level'),
      text('header_text', 'shown.header_text'),
      text('description_text', 'shown.description_text'),
      text('url', 'shown.url'),
      text('cause_detail', 'shown.cause_detail'),
      text('effect_detail', 'shown.effect_detail'),
    ],
  },
  {
    dataset: 'gtfs_rt_alert_texts',
    feed: 'service-alerts',
    records: alertTexts,
    columns: [entityId, text('field', 'field'), text('language', 'language'), text('text', 'text')],
  },
  {
    dataset: 'gtfs_rt_alert_active_periods',
    feed: 'service-alerts',
    records: (feed) => elementsOf(feed, 'alert', 'active_period'),
    columns: [
      entityId,
      int32('period_index', 'index'),
      uint64('period_start', 'element.start'),
      uint64('period_end', 'element.end'),
    ],
  },
  {
    dataset: 'gtfs_rt_alert_informed_entities',
    feed: 'service-alerts',
    records: (feed) => elementsOf(feed, 'alert', 'informed_entity'),
    columns: [
      entityId,
      int32('selector_index', 'index'),
      text('agency_id', 'element.agency_id'),
      text('route_id', 'element.route_id'),
      int32('route_type', 'element.route_type'),
      uint32('direction_id', 'element.direction_id'),
      text('stop_id', 'element.stop_id'),
      ...tripColumns('element.trip', 'trip_'),
    ],
  },
];

/** The rows of a table, one value a column and `feed_timestamp` last. */
export function rowsOf(table: RealtimeTable, feed: Feed): readonly (readonly CellValue[])[] {
  // Zero is what a writer that knows no time puts there; no feed is from 1970.
  const timestamp = Number(feed.header.timestamp ?? 0) === 0 ? null : feed.header.timestamp;
  return table.records(feed).map((record) => [...table.columns.map(({ path }) => valueAt(record, path)), timestamp]);
}

function stopEventColumns(event: 'arrival' | 'departure'): readonly RecordColumn[] {
  return [
    int32(`${event}_delay`, `element.${event}.delay`),
    int64(`${event}_time`, `element.${event}.time`),
    int32(`${event}_uncertainty`, `element.${event}.uncertainty`),
    int64(`${event}_scheduled_time`, `element.${event}.scheduled_time`),
  ];
}

function asRecords(entities: readonly object[]): readonly JsonObject[] {
  return entities as readonly JsonObject[];
}

import type { CellValue, Column, Json } from 'signalbox';

/** A published column, and where its value is found in a record: a path such as `trip_update.trip.trip_id`. */
export interface RecordColumn extends Column {
  readonly path: string;
}

type MakeColumn = (name: string, path: string) => RecordColumn;

const ofType =
  (type: string): MakeColumn =>
  (name, path) => ({ name, path, type });

/** Names, ids, enumerations, and times such as `25:09:00`, which no time type can hold. */
export const text = ofType('VARCHAR');
export const flag = ofType('BOOLEAN');
export const int32 = ofType('INTEGER');
export const uint32 = ofType('UINTEGER');
/** POSIX seconds stay the integers they are on the wire: a feed may say 2^64-1 for "until further notice". */
export const int64 = ofType('BIGINT');
export const uint64 = ofType('UBIGINT');
export const float = ofType('FLOAT');
export const double = ofType('DOUBLE');

/** A trip's descriptor, the same wherever a feed refers to a trip. */
export function tripColumns(at: string, prefix = ''): readonly RecordColumn[] {
  return [
    text('trip_id', `${at}.trip_id`),
    text(`${prefix}route_id`, `${at}.route_id`),
    uint32(`${prefix}direction_id`, `${at}.direction_id`),
    text(`${prefix}start_time`, `${at}.start_time`),
    text(`${prefix}start_date`, `${at}.start_date`),
    text(`${prefix}schedule_relationship`, `${at}.schedule_relationship`),
  ];
}

export function vehicleColumns(at: string): readonly RecordColumn[] {
  return [
    text('vehicle_id', `${at}.id`),
    text('vehicle_label', `${at}.label`),
    text('vehicle_license_plate', `${at}.license_plate`),
    text('vehicle_wheelchair_accessible', `${at}.wheelchair_accessible`),
  ];
}

/** The value at `path`, or null where any step of it was not sent. An enum number without a name becomes its digits. */
export function valueAt(record: Json, path: string): CellValue {
  let value: Json | undefined = record;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return null;
    value = (value as Readonly<Record<string, Json>>)[step];
  }
  return typeof value === 'object' ? null : (value ?? null);
}

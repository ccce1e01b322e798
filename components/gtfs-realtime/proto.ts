import protobuf from 'protobufjs/light.js';
import { enums } from './proto-enums.ts';

/**
 * The GTFS Realtime 2.0 messages (https://gtfs.org/documentation/realtime/proto/), with the later fields that Transport
 * Victoria sends (`scheduled_time`, trip modifications, shapes and stops). Field: `number type [rule]`. Names are the
 * specification's own, in snake_case; message types are flattened, which the wire format does not see.
 */
const messages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  FeedMessage: { header: '1 FeedHeader required', entity: '2 FeedEntity repeated' },
  FeedHeader: {
    gtfs_realtime_version: '1 string required',
    incrementality: '2 Incrementality',
    timestamp: '3 uint64',
    feed_version: '4 string',
  },
  FeedEntity: {
    id: '1 string required',
    is_deleted: '2 bool',
    trip_update: '3 TripUpdate',
    vehicle: '4 VehiclePosition',
    alert: '5 Alert',
    shape: '6 Shape',
    stop: '7 Stop',
    trip_modifications: '8 TripModifications',
  },
  TripUpdate: {
    trip: '1 TripDescriptor required',
    vehicle: '3 VehicleDescriptor',
    stop_time_update: '2 StopTimeUpdate repeated',
    timestamp: '4 uint64',
    delay: '5 int32',
    trip_properties: '6 TripProperties',
  },
  StopTimeEvent: { delay: '1 int32', time: '2 int64', uncertainty: '3 int32', scheduled_time: '4 int64' },
  StopTimeUpdate: {
    stop_sequence: '1 uint32',
    stop_id: '4 string',
    arrival: '2 StopTimeEvent',
    departure: '3 StopTimeEvent',
    schedule_relationship: '5 StopScheduleRelationship',
    stop_time_properties: '6 StopTimeProperties',
    departure_occupancy_status: '7 OccupancyStatus',
  },
  StopTimeProperties: {
    assigned_stop_id: '1 string',
    stop_headsign: '2 string',
    pickup_type: '3 DropOffPickupType',
    drop_off_type: '4 DropOffPickupType',
  },
  TripProperties: {
    trip_id: '1 string',
    start_date: '2 string',
    start_time: '3 string',
    shape_id: '4 string',
    trip_headsign: '5 string',
    trip_short_name: '6 string',
  },
  VehiclePosition: {
    trip: '1 TripDescriptor',
    position: '2 Position',
    current_stop_sequence: '3 uint32',
    current_status: '4 VehicleStopStatus',
    timestamp: '5 uint64',
    congestion_level: '6 CongestionLevel',
    stop_id: '7 string',
    vehicle: '8 VehicleDescriptor',
    occupancy_status: '9 OccupancyStatus',
    occupancy_percentage: '10 uint32',
    multi_carriage_details: '11 CarriageDetails repeated',
  },
  CarriageDetails: {
    id: '1 string',
    label: '2 string',
    occupancy_status: '3 OccupancyStatus',
    occupancy_percentage: '4 int32',
    carriage_sequence: '5 uint32',
  },
  Alert: {
    active_period: '1 TimeRange repeated',
    informed_entity: '5 EntitySelector repeated',
    cause: '6 Cause',
    effect: '7 Effect',
    url: '8 TranslatedString',
    header_text: '10 TranslatedString',
    description_text: '11 TranslatedString',
    tts_header_text: '12 TranslatedString',
    tts_description_text: '13 TranslatedString',
    severity_level: '14 SeverityLevel',
    image: '15 TranslatedImage',
    image_alternative_text: '16 TranslatedString',
    cause_detail: '17 TranslatedString',
    effect_detail: '18 TranslatedString',
  },
  TimeRange: { start: '1 uint64', end: '2 uint64' },
  Position: {
    latitude: '1 float required',
    longitude: '2 float required',
    bearing: '3 float',
    odometer: '4 double',
    speed: '5 float',
  },
  TripDescriptor: {
    trip_id: '1 string',
    start_time: '2 string',
    start_date: '3 string',
    schedule_relationship: '4 TripScheduleRelationship',
    route_id: '5 string',
    direction_id: '6 uint32',
    modified_trip: '7 ModifiedTripSelector',
  },
  ModifiedTripSelector: {
    modifications_id: '1 string',
    affected_trip_id: '2 string',
    start_time: '3 string',
    start_date: '4 string',
  },
  VehicleDescriptor: {
    id: '1 string',
    label: '2 string',
    license_plate: '3 string',
    wheelchair_accessible: '4 WheelchairAccessible',
  },
  EntitySelector: {
    agency_id: '1 string',
    route_id: '2 string',
    route_type: '3 int32',
    trip: '4 TripDescriptor',
    stop_id: '5 string',
    direction_id: '6 uint32',
  },
  TranslatedString: { translation: '1 Translation repeated' },
  Translation: { text: '1 string required', language: '2 string' },
  TranslatedImage: { localized_image: '1 LocalizedImage repeated' },
  LocalizedImage: { url: '1 string required', media_type: '2 string required', language: '3 string' },
  Shape: { shape_id: '1 string', encoded_polyline: '2 string' },
  Stop: {
    stop_id: '1 string',
    stop_code: '2 TranslatedString',
    stop_name: '3 TranslatedString',
    tts_stop_name: '4 TranslatedString',
    stop_desc: '5 TranslatedString',
    stop_lat: '6 float',
    stop_lon: '7 float',
    zone_id: '8 string',
    stop_url: '9 TranslatedString',
    parent_station: '11 string',
    stop_timezone: '12 string',
    wheelchair_boarding: '13 WheelchairBoarding',
    level_id: '14 string',
    platform_code: '15 TranslatedString',
  },
  TripModifications: {
    selected_trips: '1 SelectedTrips repeated',
    start_times: '2 string repeated',
    service_dates: '3 string repeated',
    modifications: '4 Modification repeated',
  },
  SelectedTrips: { trip_ids: '1 string repeated', shape_id: '2 string' },
  Modification: {
    start_stop_selector: '1 StopSelector',
    end_stop_selector: '2 StopSelector',
    propagated_modification_delay: '3 int32',
    replacement_stops: '4 ReplacementStop repeated',
    service_alert_id: '5 string',
    last_modified_time: '6 uint64',
  },
  StopSelector: { stop_sequence: '1 uint32', stop_id: '2 string' },
  ReplacementStop: { travel_time_to_stop: '1 int32', stop_id: '2 string' },
};

/** The reflected `FeedMessage`: `decode`, `encode`, `fromObject`, `toObject`, with snake_case field names. */
export function feedMessageType(): protobuf.Type {
  reflected ??= reflect();
  return reflected;
}

let reflected: protobuf.Type | undefined;

function reflect(): protobuf.Type {
  const root = new protobuf.Root();
  for (const [name, fields] of Object.entries(messages)) root.add(reflectMessage(name, fields));
  for (const [name, values] of Object.entries(enums)) root.add(reflectEnum(name, values));
  return root.resolveAll().lookupType('FeedMessage');
}

function reflectMessage(name: string, fields: Readonly<Record<string, string>>): protobuf.Type {
  const type = new protobuf.Type(name);
  for (const [field, spec] of Object.entries(fields)) {
    const [id, fieldType, rule] = spec.split(' ') as [string, string, string?];
    type.add(new protobuf.Field(field, Number(id), fieldType, rule));
  }
  return type;
}

/** Open: a number that is younger than this list is kept as a number, not dropped. */
function reflectEnum(name: string, values: readonly string[] | Readonly<Record<string, number>>): protobuf.Enum {
  const numbers = Array.isArray(values) ? Object.fromEntries(values.map((value, number) => [value, number])) : values;
  return new protobuf.Enum(name, { ...numbers }, { features: { enum_type: 'OPEN' } });
}

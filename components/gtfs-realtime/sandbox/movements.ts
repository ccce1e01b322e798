import { compactDay } from '../../sandbox/day.ts';
import { metroFolder } from '../../sandbox/network/folders.ts';
import { datedService, weeklyServiceOn } from '../../sandbox/network/services.ts';
import { callsOf, gtfsTime, type Trip, tripsOf } from '../../sandbox/network/trips.ts';
import { randomOf } from '../../sandbox/random.ts';
import type { Moment } from './moment.ts';

const midnight = 24 * 3_600;

/** Every sixth trip of the day, and all that start after midnight: `start_time` is `25:09:00` there. */
export function tripUpdatesOf(moment: Moment): readonly object[] {
  return tripsOn(moment)
    .filter(({ start }, index) => index % 6 === 0 || start > midnight)
    .map((trip, index) => tripUpdate(moment, trip, index % 25 === 24));
}

/** The trips that are on their way at the moment of the feed, each at the stop that it left last. */
export function vehiclesOf(moment: Moment): readonly object[] {
  return tripsOn(moment).flatMap((trip) => {
    const passed = callsOf(trip.line, trip.direction).filter(({ departure }) => trip.start + departure <= moment.now);
    const last = passed.at(-1);
    return last && passed.length < trip.line.places.length ? [vehicle(moment, trip, last)] : [];
  });
}

/** The trips of the schedule that run on the day of the feed. */
export function tripsOn({ seed, day }: Moment): readonly Trip[] {
  const services: readonly string[] = [weeklyServiceOn(day), datedService(metroFolder, day).id];
  return tripsOf(seed, metroFolder, day).filter(({ serviceId }) => services.includes(serviceId));
}

export function tripDescriptor({ day }: Moment, { id, line, direction, start }: Trip) {
  return {
    trip_id: id,
    route_id: line.routeId,
    direction_id: direction,
    start_time: gtfsTime(start),
    start_date: compactDay(day),
  };
}

function tripUpdate(moment: Moment, trip: Trip, isCancelled: boolean): object {
  const descriptor = tripDescriptor(moment, trip);
  const id = `${descriptor.start_date}-${trip.id}`;
  const timestamp = moment.dayStart + moment.now;
  if (isCancelled)
    return { id, trip_update: { trip: { ...descriptor, schedule_relationship: 'CANCELED' }, timestamp } };
  const delay = 30 * randomOf(moment.seed, 'delay', moment.day, trip.id).integer(-1, 9);
  const stops = stopTimeUpdates(moment, trip, delay);
  const running = { ...descriptor, schedule_relationship: 'SCHEDULED' };
  return { id, trip_update: { trip: running, vehicle: train(trip), stop_time_update: stops, timestamp, delay } };
}

function stopTimeUpdates({ dayStart }: Moment, trip: Trip, delay: number): readonly object[] {
  const event = (seconds: number) => ({ delay, time: dayStart + trip.start + seconds + delay });
  const calls = callsOf(trip.line, trip.direction);
  return calls.map(({ stopId, sequence, arrival, departure }) => ({
    stop_sequence: sequence,
    stop_id: stopId,
    schedule_relationship: 'SCHEDULED',
    ...(sequence > 1 ? { arrival: event(arrival) } : {}),
    ...(sequence < calls.length ? { departure: event(departure) } : {}),
  }));
}

function vehicle(moment: Moment, trip: Trip, at: ReturnType<typeof callsOf>[number]): object {
  const random = randomOf(moment.seed, 'vehicle', moment.day, trip.id);
  const { latitude, longitude } = at.place;
  return {
    id: `${compactDay(moment.day)}-${trip.id}`,
    vehicle: {
      trip: { ...tripDescriptor(moment, trip), schedule_relationship: 'SCHEDULED' },
      vehicle: train(trip),
      position: { latitude, longitude, bearing: random.integer(0, 359), speed: random.integer(0, 25) },
      current_stop_sequence: at.sequence + 1,
      current_status: 'IN_TRANSIT_TO',
      timestamp: moment.dayStart + moment.now - random.integer(0, 60),
      occupancy_status: random.pick(['MANY_SEATS_AVAILABLE', 'FEW_SEATS_AVAILABLE', 'STANDING_ROOM_ONLY']),
    },
  };
}

function train(trip: Trip): object {
  const number = 101 + trip.line.index * 2 + trip.direction;
  return { id: `${number}M-${number + 1_000}T-${number + 1}M`, label: trip.line.name };
}

import { isoDay } from '../../sandbox/day.ts';
import { randomOf } from '../../sandbox/random.ts';
import type { Moment } from './moment.ts';
import { tripDescriptor, tripsOn } from './movements.ts';

const kinds = [
  { cause: 'MAINTENANCE', effect: 'MODIFIED_SERVICE', severity: 'INFO', what: 'Buses replace trains' },
  { cause: 'TECHNICAL_PROBLEM', effect: 'SIGNIFICANT_DELAYS', severity: 'WARNING', what: 'Delays up to 20 minutes' },
  { cause: 'WEATHER', effect: 'REDUCED_SERVICE', severity: 'SEVERE', what: 'Fewer trains' },
] as const;

/** One alert of each kind: about a route, one of its stops, and one trip; the last has no end in sight. */
export function alertsOf(moment: Moment): readonly object[] {
  const trips = tripsOn(moment);
  return kinds.map(({ cause, effect, severity, what }, index) => {
    const trip = randomOf(moment.seed, 'alert', moment.day, index).pick(trips);
    const start = moment.dayStart + trip.start;
    const period = index === kinds.length - 1 ? { start } : { start, end: start + 4 * 3_600 };
    const stop = trip.line.places[0]?.stopIds[0];
    const alert = {
      active_period: [period],
      informed_entity: [{ route_id: trip.line.routeId }, { stop_id: stop }, { trip: tripDescriptor(moment, trip) }],
      cause,
      effect,
      severity_level: severity,
      url: {
        translation: [{ text: `https://transport.example/alert/${isoDay(moment.day)}/${index}`, language: 'en' }],
      },
      header_text: inTwoLanguages(`${trip.line.name} line: ${what}`),
      description_text: inTwoLanguages(`${what} between ${trip.line.name} and the city.`),
    };
    return { id: `${isoDay(moment.day)}-${index}`, alert };
  });
}

/** A translation that says its language and one that does not, which readers take for the feed's own. */
function inTwoLanguages(text: string): object {
  return { translation: [{ text }, { text: `${text} (it)`, language: 'it' }] };
}

import { defineDag, quota } from 'signalbox';
import {
  datavicDiscovery,
  monthlyPatronagePackage,
  patronageMonthly,
  stationPatronageAnnual,
  stationPatronagePackage,
} from '../components/datavic/index.ts';
import { gtfsSchedule } from '../components/gtfs/index.ts';
import { gtfsRealtime } from '../components/gtfs-realtime/index.ts';
import { ptvTimetable } from '../components/ptv/index.ts';

/** The API has no documented limit; this is ours, so that a mistake shall not be noticed by them first. */
const ptv = quota('ptv', { limit: 1_000, per: 'day', timezone: 'Australia/Melbourne', reserve: 200 });

const schedule = gtfsSchedule({ id: 'gtfs-schedule', frequency: 'daily', timeout: '30m' });

const realtime = gtfsRealtime({ id: 'gtfs-realtime', dependsOn: { schedule }, frequency: 'hourly', timeout: '5m' });

const timetable = ptvTimetable({
  id: 'ptv-timetable',
  dependsOn: { schedule },
  frequency: 'daily',
  timeout: '10m',
  quota: ptv,
});

const discovery = datavicDiscovery({
  id: 'datavic-discovery',
  packages: [stationPatronagePackage, monthlyPatronagePackage],
  frequency: 'weekly',
  timeout: '5m',
});

const stations = stationPatronageAnnual({
  id: 'station-patronage-annual',
  dependsOn: { discovery, schedule },
  group: 'patronage',
  frequency: 'monthly',
  timeout: '10m',
});

const monthly = patronageMonthly({
  id: 'patronage-monthly',
  dependsOn: { discovery, schedule },
  group: 'patronage',
  frequency: 'monthly',
  timeout: '10m',
});

export default defineDag({
  id: 'transit',
  description: "Victoria's public transport: timetable, live positions, disruptions and patronage.",
  timezone: 'Australia/Melbourne',
  schedule: '0 * * * *',
  timeout: '120m',
  concurrency: 4,
  groups: { patronage: { concurrency: 2 } },
  components: [schedule, realtime, timetable, discovery, stations, monthly],
});

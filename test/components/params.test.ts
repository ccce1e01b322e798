import { type ComponentHandle, defineDag, type JsonObject } from 'signalbox';
import { expect, test } from 'vitest';
import { datavicDiscovery, patronageMonthly } from '../../components/datavic/index.ts';
import { gtfsSchedule } from '../../components/gtfs/index.ts';
import { gtfsRealtime } from '../../components/gtfs-realtime/index.ts';
import { ptvTimetable } from '../../components/ptv/index.ts';

const schedule = gtfsSchedule({ id: 'schedule' });
const discovery = datavicDiscovery({ id: 'discovery', packages: ['first'] });

/** What a component would ask for, with params that an environment has laid over those of the DAG file. */
function asked(handle: ComponentHandle, upstreams: readonly ComponentHandle[], params: JsonObject): string {
  const dag = defineDag({ id: 'overlaid', components: [...upstreams, handle] });
  const component = dag.components.find(({ id }) => id === handle.id);
  const inputs = { discovery: { packages: { first: { resourceId: 'r-1' }, second: { resourceId: 'r-2' } } } };
  const secrets = { TRANSPORT_VIC_KEY_ID: 'key', PTV_DEVID: '1', PTV_API_KEY: 'key' };
  const scope = { params: { ...component?.params, ...params }, inputs, baseUrl: 'http://origin', secrets };
  const sources = component?.sources?.(scope) ?? [];
  return sources.map((source) => `${source.id} ${'request' in source ? source.request.url : ''}`).join('\n');
}

const monthly = patronageMonthly({ id: 'monthly', package: 'first', dependsOn: { discovery, schedule } });

test.each([
  [schedule, [], { path: '/other.zip' }, 'feed http://origin/other.zip'],
  [discovery, [], { packages: ['second'] }, 'second http://origin/api/3/action/package_show?id=second'],
  [monthly, [schedule, discovery], { package: 'second' }, /resource_id=r-2/],
  [ptvTimetable({ id: 'ptv' }), [], { routeTypes: [3] }, /route_types=3&devid/],
  [
    gtfsRealtime({ id: 'realtime' }),
    [],
    { mode: 'tram', feeds: ['trip-updates'] },
    /^trip-updates .*\/tram\/trip-updates$/,
  ],
] as const)('$0.id asks for what the params of the environment say', (handle, upstreams, params, expected) => {
  expect(asked(handle, upstreams, params)).toMatch(expected);
});

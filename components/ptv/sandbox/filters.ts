/** What a filter needs to see of a route or disruption; the rest is passed through. */
interface Routed {
  readonly route_type?: number;
  readonly route_name?: string;
}
interface Disrupted {
  readonly disruption_status?: string;
  readonly routes?: readonly Routed[];
}
interface RoutesBody {
  readonly routes: readonly Routed[];
}
interface DisruptionsBody {
  readonly disruptions: Readonly<Record<string, readonly Disrupted[] | null>>;
}

/** Numbers of `GET /v3/disruptions/modes`. */
const buckets: Readonly<Record<string, string>> = {
  1: 'metro_train',
  2: 'metro_tram',
  3: 'metro_bus',
  4: 'regional_train',
  5: 'regional_coach',
  7: 'regional_bus',
  8: 'school_bus',
  9: 'telebus',
  10: 'night_bus',
  11: 'ferry',
  12: 'interstate_train',
  13: 'skybus',
  14: 'taxi',
  100: 'general',
};
export const bucketNames = Object.values(buckets);

const parameters = {
  route_types: /^[0-4]$/,
  disruption_modes: new RegExp(`^(${Object.keys(buckets).join('|')})$`),
  disruption_status: /^(current|planned)$/i,
  route_name: /./,
} as const;

export function isFiltered(query: string): boolean {
  return [...new URLSearchParams(query).keys()].some((name) => Object.hasOwn(parameters, name));
}

/** Applies the parameters of the v3 swagger; arrays are repeated parameters (`collectionFormat: multi`). */
export function filterBody(
  resource: 'routes' | 'disruptions',
  query: string,
  body: Buffer,
): { readonly body: unknown } | { readonly problem: string } {
  const asked = new URLSearchParams(query);
  for (const [name, rule] of Object.entries(parameters)) {
    const wrong = asked.getAll(name).find((value) => !rule.test(value));
    if (wrong !== undefined) return { problem: `The request is invalid: '${wrong}' is no value of ${name}.` };
  }
  const parsed: unknown = JSON.parse(body.toString('utf8'));
  return {
    body:
      resource === 'routes'
        ? filterRoutes(parsed as RoutesBody, asked)
        : filterDisruptions(parsed as DisruptionsBody, asked),
  };
}

function filterRoutes(body: RoutesBody, asked: URLSearchParams): RoutesBody {
  const name = (asked.get('route_name') ?? '').toLowerCase();
  const routes = body.routes.filter(
    (route) => isOfTypes(route, asked) && (route.route_name ?? '').toLowerCase().includes(name),
  );
  return { ...body, routes };
}

function filterDisruptions(body: DisruptionsBody, asked: URLSearchParams): DisruptionsBody {
  const modes = asked.getAll('disruption_modes').map((mode) => buckets[mode]);
  const status = asked.get('disruption_status')?.toLowerCase();
  const kept = (one: Disrupted) =>
    (status === undefined || one.disruption_status?.toLowerCase() === status) &&
    (!asked.has('route_types') || (one.routes ?? []).some((route) => isOfTypes(route, asked)));
  const entries = Object.entries(body.disruptions)
    .filter(([bucket]) => modes.length === 0 || modes.includes(bucket))
    .map(([bucket, disruptions]) => [bucket, disruptions?.filter(kept) ?? null] as const);
  return { ...body, disruptions: Object.fromEntries(entries) };
}

function isOfTypes(route: Routed, asked: URLSearchParams): boolean {
  return !asked.has('route_types') || asked.getAll('route_types').includes(String(route.route_type));
}

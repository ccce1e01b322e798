/** One numbered folder of the feed: a mode of transport with its own ids, header sets and habits. */
export interface FolderShape {
  /** Number of the folder: 1 regional train, 2 metropolitan train, 3 tram, 4 metropolitan bus, 5 regional coach, 6 regional bus, 10 interstate, 11 airport. */
  readonly folder: string;
  readonly routeType: number;
  readonly colour: string;
  readonly lines: number;
  /** Places of its own along each line. */
  readonly places: number;
  /** Of the six city stations, how many a line ends with. */
  readonly cityPlaces: number;
  /** Seconds from one place to the next, about. */
  readonly legSeconds: number;
  /** First stop id. Folders 4 and 6 begin at the same number on purpose. */
  readonly firstStopId: number;
  /** Trips in each direction on one day of the weekly services T0, T0_1, T2 and T3. */
  readonly weeklyTrips: readonly [number, number, number, number];
  /** Trips in each direction on every single date, each date with a service of its own. */
  readonly datedTrips: number;
  /** How many lines the dated trips run on, taking turns from day to day; undefined is all. */
  readonly datedLines?: number;
}

const none = [0, 0, 0, 0] as const;

/** Together about 120,000 stop times, of which a window of dated ones moves on from day to day. */
export const folderShapes: readonly FolderShape[] = [
  {
    folder: '1',
    routeType: 2,
    colour: '8F1A95',
    lines: 6,
    places: 8,
    cityPlaces: 2,
    legSeconds: 780,
    firstStopId: 60_001,
    weeklyTrips: none,
    datedTrips: 4,
  },
  {
    folder: '2',
    routeType: 400,
    colour: '152C6B',
    lines: 15,
    places: 14,
    cityPlaces: 6,
    legSeconds: 150,
    firstStopId: 10_117,
    weeklyTrips: [18, 18, 12, 10],
    datedTrips: 5,
    datedLines: 1,
  },
  {
    folder: '3',
    routeType: 0,
    colour: '78BE20',
    lines: 12,
    places: 30,
    cityPlaces: 0,
    legSeconds: 95,
    firstStopId: 17_001,
    weeklyTrips: [12, 12, 8, 6],
    datedTrips: 0,
  },
  {
    folder: '4',
    routeType: 3,
    colour: 'FF8200',
    lines: 20,
    places: 24,
    cityPlaces: 0,
    legSeconds: 110,
    firstStopId: 1_100,
    weeklyTrips: [12, 12, 6, 4],
    datedTrips: 0,
  },
  {
    folder: '5',
    routeType: 204,
    colour: '7F0D82',
    lines: 6,
    places: 8,
    cityPlaces: 0,
    legSeconds: 1_500,
    firstStopId: 40_001,
    weeklyTrips: [2, 2, 1, 1],
    datedTrips: 0,
  },
  {
    folder: '6',
    routeType: 3,
    colour: 'FF8200',
    lines: 8,
    places: 15,
    cityPlaces: 0,
    legSeconds: 120,
    firstStopId: 1_100,
    weeklyTrips: [6, 6, 4, 2],
    datedTrips: 0,
  },
  {
    folder: '10',
    routeType: 102,
    colour: '000000',
    lines: 1,
    places: 8,
    cityPlaces: 1,
    legSeconds: 4_200,
    firstStopId: 20_600,
    weeklyTrips: none,
    datedTrips: 1,
  },
  {
    folder: '11',
    routeType: 3,
    colour: 'ED1C24',
    lines: 4,
    places: 4,
    cityPlaces: 0,
    legSeconds: 540,
    firstStopId: 45_511,
    weeklyTrips: [30, 30, 24, 20],
    datedTrips: 0,
  },
];

export const metroFolder = '2';

import { describe, expect, test } from 'vitest';
import { layoutOf } from '../../../components/gtfs/layout.ts';

function layout(...names: readonly string[]) {
  const { feeds, zips, ignored } = layoutOf(
    names.map((name) => ({ name, bytes: 1 })),
    'feed',
  );
  return { feeds: feeds.map(({ folder, tables }) => [folder, ...tables.values()]), zips, ignored };
}

describe('feeds are found', () => {
  test('at the top', () => {
    expect(layout('stops.txt', 'trips.txt', 'notes.pdf')).toEqual({
      feeds: [['feed', 'stops.txt', 'trips.txt']],
      zips: [],
      ignored: ['notes.pdf'],
    });
  });

  test('in the shallowest directory that holds a stops.txt', () => {
    expect(layout('x/y/stops.txt', 'x/y/trips.txt', 'x/y/old/stops.txt', 'x/trips.txt')).toEqual({
      feeds: [['y', 'x/y/stops.txt', 'x/y/trips.txt']],
      zips: [],
      ignored: ['x/y/old/stops.txt', 'x/trips.txt'],
    });
  });

  test('in zips, each named for the directory it is alone in', () => {
    expect(layout('1/google_transit.zip', '11/google_transit.zip', 'more/a.zip', 'more/b.ZIP', 'readme.txt')).toEqual({
      feeds: [],
      zips: [
        { name: '1/google_transit.zip', folder: '1' },
        { name: '11/google_transit.zip', folder: '11' },
        { name: 'more/a.zip', folder: 'a' },
        { name: 'more/b.ZIP', folder: 'b' },
      ],
      ignored: ['readme.txt'],
    });
  });

  test('in a zip at the top, named for itself', () => {
    expect(layout('rail.zip').zips).toEqual([{ name: 'rail.zip', folder: 'rail' }]);
  });

  test('beside zips, which are then ignored', () => {
    expect(layout('stops.txt', 'older.zip')).toMatchObject({
      feeds: [['feed', 'stops.txt']],
      zips: [],
      ignored: ['older.zip'],
    });
  });

  test('where the most tables are, when there is no stops.txt to go by', () => {
    expect(layout('x/trips.txt', 'x/routes.txt', 'agency.txt').feeds).toEqual([['x', 'x/routes.txt', 'x/trips.txt']]);
  });
});

test('empty files are ignored, even those named for a table', () => {
  const files = [
    { name: 'stops.txt', bytes: 9 },
    { name: 'levels.txt', bytes: 0 },
  ];
  expect(layoutOf(files, 'feed').ignored).toEqual(['levels.txt']);
});

test('two feeds of one name are refused', () => {
  expect(() => layout('a/x/stops.txt', 'b/x/stops.txt')).toThrow('two named `x`');
});

import type { Fault } from './fault.ts';
import { feedFiles } from './healthy.ts';
import { type Play, sendAnswer } from './origin.ts';
import { storedZip, type ZipMember, zipOf } from './zips.ts';

const contentType = 'application/zip';
const zip =
  (make: () => Buffer): Play =>
  ({ socket }) =>
    sendAnswer(socket, { contentType, body: make() });

const members = (...extra: readonly ZipMember[]): readonly ZipMember[] => [
  ...Object.entries(feedFiles).map(([name, content]) => ({ name, content: Buffer.from(content) })),
  ...extra,
];
const text = (name: string, more: Partial<ZipMember> = {}): ZipMember => ({ name, content: Buffer.from('x'), ...more });
const zeros = Buffer.alloc(20 * 2 ** 20);
const stops = 'stop_id,stop_name,stop_lat,stop_lon\nS1,First,-37.5,144.5\n';

const faults: readonly Omit<Fault, 'clients'>[] = [
  {
    sends: 'a zip bomb: 20 MiB in 20 KiB',
    play: zip(() => zipOf(members({ name: 'shapes.txt', content: zeros, isDeflated: true }))),
    ends: { as: 'source', says: 'at most 200 times the packed bytes' },
  },
  {
    sends: 'a zip that promises less than it unpacks to',
    play: zip(() => zipOf(members({ name: 'shapes.txt', content: zeros, isDeflated: true, promised: 100 }))),
    ends: { as: 'source', says: 'it holds more than the 100 bytes it promises' },
  },
  {
    sends: 'a zip that promises 20 GiB',
    play: zip(() =>
      zipOf(Array.from({ length: 6 }, (_, at) => text(`${at}.txt`, { promised: 2 ** 32 - 2, isDeflated: true }))),
    ),
    ends: { as: 'source', says: 'expected the feed to hold at most' },
  },
  {
    sends: 'a zip whose entries lie over one another',
    play: zip(() => zipOf(members(text('shapes.txt', { overlaps: true })))),
    ends: { as: 'source', says: 'files that lie apart' },
  },
  {
    sends: 'a zip of 20,000 entries',
    play: zip(() => zipOf(Array.from({ length: 20_000 }, (_, at) => text(`${at}.txt`)))),
    ends: { as: 'source', says: 'at most 10000 entries, got 20000' },
  },
  {
    sends: 'a zip whose names fill 6 MB',
    play: zip(() => zipOf(Array.from({ length: 100 }, (_, at) => text(`${at}${'n'.repeat(60_000)}`)))),
    ends: { as: 'source', says: 'bytes of names' },
  },
  {
    sends: 'a zip in a zip in a zip',
    play: zip(() => storedZip({ 'a/a.zip': storedZip({ 'b.zip': storedZip(feedFiles) }) })),
    ends: { as: 'source', says: 'got zips again' },
  },
  ...['../stops.txt', '/etc/stops.txt', 'C:/stops.txt', 'a/../../stops.txt'].map((name) => ({
    sends: `a zip with the name \`${name}\``,
    play: zip(() => zipOf(members(text(name)))),
    ends: { as: 'source' as const, says: name },
  })),
  {
    sends: 'a zip with a symbolic link',
    play: zip(() => zipOf(members(text('link.txt', { mode: 0o120777 })))),
    ends: { as: 'source', says: 'the symbolic link `link.txt`' },
  },
  {
    sends: 'a zip that is cut off',
    play: zip(() => storedZip(feedFiles).subarray(0, -40)),
    ends: { as: 'source', says: 'that is cut off or damaged' },
  },
  {
    sends: 'a table in UTF-16',
    play: zip(() => storedZip({ ...feedFiles, 'stops.txt': Buffer.from(`\ufeff${stops}`, 'utf16le') })),
    ends: { as: 'source', says: 'a header in UTF-8' },
  },
  {
    sends: 'a table in UTF-16 without a byte order mark',
    play: zip(() => storedZip({ ...feedFiles, 'stops.txt': Buffer.from(stops, 'utf16le') })),
    ends: { as: 'source', says: 'expected feed/stops.txt' },
  },
  {
    sends: 'a table that is not UTF-8',
    play: zip(() =>
      storedZip({ ...feedFiles, 'stops.txt': Buffer.from(stops.replace('First', 'F\xfcrst'), 'latin1') }),
    ),
    ends: { as: 'source', says: 'invalid UTF-8' },
  },
  {
    sends: 'a table of 9,000 columns',
    play: zip(() =>
      storedZip({ ...feedFiles, 'stops.txt': `${Array.from({ length: 9_000 }, (_, at) => `c${at}`).join(',')}\n` }),
    ),
    ends: { as: 'source', says: 'columns' },
  },
];

/** Zips that are whole HTTP bodies and made to do harm. */
export const zipFaults: readonly Fault[] = faults.map((fault) => ({ ...fault, clients: ['gtfs'] }));

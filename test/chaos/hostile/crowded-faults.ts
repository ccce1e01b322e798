import type { Fault } from './fault.ts';
import { sendAnswer } from './origin.ts';

const json = 'application/json';

/** Small bodies of very many things, which take far more memory than they have bytes. Made anew for each request. */
export const crowdedFaults: readonly Fault[] = [
  {
    sends: 'JSON of 5,000,000 empty records',
    play: ({ socket }) =>
      sendAnswer(socket, { contentType: json, body: Buffer.from(`{"routes":[{}${',{}'.repeat(4_999_999)}]}`) }),
    clients: ['ptv'],
    ends: { as: 'source', says: 'of more than 4,000,000 values' },
  },
  {
    sends: 'a feed of 4,000,000 empty messages in 8 MB',
    play: ({ socket }) => sendAnswer(socket, { contentType: 'application/x-protobuf', body: crowdedFeed(3_999_000) }),
    clients: ['gtfs-realtime'],
    ends: { as: 'source', says: 'to hold at most 500000 messages' },
  },
];

/** `FeedMessage` of one trip update with as many empty `stop_time_update`. */
function crowdedFeed(updates: number): Buffer {
  const header = Buffer.from([0x0a, 0x05, 0x0a, 0x03, 0x32, 0x2e, 0x30]);
  const crowd = Buffer.alloc(updates * 2, Buffer.from([0x12, 0x00]));
  const tripUpdate = field(0x1a, Buffer.concat([field(0x0a, Buffer.alloc(0)), crowd]));
  return Buffer.concat([header, field(0x12, Buffer.concat([field(0x0a, Buffer.from('a')), tripUpdate]))]);
}

/** A length-delimited field (Protocol Buffers, "Encoding"). */
function field(tag: number, body: Buffer): Buffer {
  const length: number[] = [];
  for (let rest = body.length; rest > 0 || length.length === 0; rest = Math.floor(rest / 128)) {
    length.push(rest > 127 ? (rest % 128) + 128 : rest);
  }
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

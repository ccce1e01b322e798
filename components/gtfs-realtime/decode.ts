import protobuf from 'protobufjs/light.js';
import { FailureError, type JsonObject, sourceFailure } from 'signalbox';
import { describeBytes } from '../http/describe-body.ts';
import { feedMessageType } from './proto.ts';

/** The kinds of payload that this component publishes. */
export type Payload = 'trip_update' | 'vehicle' | 'alert';

/** Names and nesting are the specification's. Enums by name; 64-bit integers as decimal text; what was not sent is absent. */
export interface FeedEntity {
  readonly id: string;
  readonly is_deleted?: boolean;
  readonly trip_update?: JsonObject;
  readonly vehicle?: JsonObject;
  readonly alert?: JsonObject;
  readonly shape?: JsonObject;
  readonly stop?: JsonObject;
  readonly trip_modifications?: JsonObject;
}

export interface FeedHeader {
  readonly gtfs_realtime_version: string;
  readonly incrementality?: string;
  /** POSIX seconds. */
  readonly timestamp?: string;
  readonly feed_version?: string;
}

export interface Feed {
  readonly header: FeedHeader;
  readonly entity: readonly FeedEntity[];
}

/** Messages of all kinds in a feed: those of a whole city are under 200,000. Two bytes can be one, and become a row of many columns. */
const mostMessages = 500_000;

/**
 * Reads a GTFS Realtime `FeedMessage`. A header without entities is a valid feed in which nothing happens.
 * Throws a `source` failure with the byte offset for anything that is no such message.
 */
export function decodeFeed(bytes: Uint8Array, feed: string, contentType?: string): Feed {
  const reader = protobuf.Reader.create(bytes);
  try {
    const type = feedMessageType();
    const decoded = type.decode(reader);
    refuseCrowd(decoded, feed, bytes.length);
    const message = type.toObject(decoded, { longs: String, enums: String });
    return { header: message.header as FeedHeader, entity: (message.entity ?? []) as readonly FeedEntity[] };
  } catch (cause) {
    if (cause instanceof FailureError) throw cause;
    throw undecodable(bytes, feed, reader.pos, contentType, cause);
  }
}

function refuseCrowd(decoded: object, feed: string, bytes: number): void {
  let count = 0;
  const waiting: unknown[] = [decoded];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    count += Array.isArray(next) ? 0 : 1;
    if (count > mostMessages) {
      const message = `expected ${feed} to hold at most ${mostMessages} messages, got more in ${bytes} bytes`;
      throw sourceFailure(message, { retryable: false, hint: 'The kept version stands.', details: { feed, bytes } });
    }
    for (const value of Object.values(next)) if (typeof value === 'object') waiting.push(value);
  }
}

function undecodable(bytes: Uint8Array, feed: string, offset: number, contentType: string | undefined, cause: unknown) {
  const got = describeBytes(bytes.subarray(0, 512), bytes.length, contentType).text;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return sourceFailure(
    `expected ${feed} to be a GTFS Realtime FeedMessage, got ${got}: ${reason} (byte offset ${offset})`,
    {
      hint: 'The kept version stands. If it goes on, look at what the address answers: a proxy or an error page, most often.',
      details: { feed, byteOffset: offset, bytes: bytes.length },
    },
    cause,
  );
}

import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FailureError, sourceFailure } from 'signalbox';
import { type Bytes, count, decoderFor, type Tally, withinCap } from './decode.ts';
import { describeHop, type Hop } from './hop.ts';
import { brokenBodyFailure } from './transport-failure.ts';
import { lengthOf } from './validators.ts';

const startBytes = 1_024;
const startWaitMs = 2_000;

type Headers = Readonly<Record<string, string>>;

/** An answer that is worth reading. */
export interface Answered {
  readonly hop: Hop;
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Headers;
}

/** Takes a decoded body in; throwing ends the exchange. */
export type BodyReader<Body> = (chunks: Bytes, answered: Answered) => Promise<Body>;

export interface BodySource extends Answered {
  readonly stream: Readable;
  readonly maxBytes: number;
  /** Bytes of the body, as sent, as they come. */
  readonly onBytes: (bytes: number) => void;
}

/** Decodes the body in a stream, under its caps, into `read`. A body that is not whole is a `source` failure. */
export async function readBody<Body>(source: BodySource, read: BodyReader<Body>): Promise<Body> {
  const { hop, status, headers, stream, maxBytes, onBytes } = source;
  const where = describeHop(hop);
  refuseAnnounced(headers, maxBytes, where);
  const tally: Tally = { encodedBytes: 0, decodedBytes: 0 };
  const isEmpty = status === 204 || headers['content-length'] === '0';
  const decoder = decoderFor(isEmpty ? undefined : headers['content-encoding'], where);
  let reading: Promise<Body> | undefined;
  const take = (chunks: Bytes) => {
    reading = read(withinCap(chunks, tally, { maxBytes, where }), { hop, status, headers });
    return reading;
  };
  try {
    return await pipeline(stream, (chunks: Bytes) => counted(chunks, tally, onBytes), decoder, take);
  } catch (error) {
    throw brokenBodyFailure(hop, (await ownFailure(reading)) ?? error, tally, lengthOf(headers));
  }
}

/** Nothing is read of a body that says itself that it is too long. */
function refuseAnnounced(headers: Headers, maxBytes: number, where: string): void {
  const announced = lengthOf(headers) ?? 0;
  if (announced <= maxBytes || 'content-encoding' in headers) return;
  throw sourceFailure(`${where}: expected at most ${count(maxBytes)} bytes, got ${count(announced)} announced`, {
    retryable: false,
    details: { announcedBytes: announced },
  });
}

/** A pipeline ends before its reader has cleaned up, and at times with an error that only follows from the reader's. */
async function ownFailure(reading: Promise<unknown> | undefined): Promise<FailureError | undefined> {
  const error: unknown = await reading?.catch((reason: unknown) => reason);
  return error instanceof FailureError ? error : undefined;
}

/** The first bytes of a body that only goes into a message: as many as come soon, none if they cannot be read. */
export async function readStart(stream: Readable, headers: Headers): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const collect = async (body: Bytes) => {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes >= startBytes) return;
    }
  };
  try {
    const decoder = decoderFor(headers['content-encoding'], '');
    await pipeline(stream, decoder, collect, { signal: AbortSignal.timeout(startWaitMs) });
  } catch {
    // The status is the failure; what is left of its page does not change that.
  }
  return Buffer.concat(chunks).subarray(0, startBytes);
}

async function* counted(chunks: Bytes, tally: Tally, onBytes: (bytes: number) => void): Bytes {
  for await (const chunk of chunks) {
    tally.encodedBytes += chunk.byteLength;
    onBytes(chunk.byteLength);
    yield chunk;
  }
}

import { type Duplex, PassThrough } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { sourceFailure } from 'signalbox';

export type Bytes = AsyncIterable<Uint8Array>;

/** Honest text shrinks to a fiftieth at best; gzip's worst is a thousandth. Small bodies are let off: they do no harm. */
const maxRatio = 200;
const ratioFloorBytes = 16 * 1024 * 1024;
const chunkSize = 64 * 1024;

/** The stream that undoes a Content-Encoding (RFC 9110 §8.4.1): one coding, which is all that servers use. */
export function decoderFor(contentEncoding: string | undefined, where: string): Duplex {
  switch (contentEncoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return new PassThrough();
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ chunkSize });
    case 'deflate':
      return createInflate({ chunkSize });
    case 'br':
      return createBrotliDecompress({ chunkSize });
    default:
      throw sourceFailure(`${where}: expected a Content-Encoding of gzip, deflate or br, got \`${contentEncoding}\``);
  }
}

/** How much of a body has gone by. */
export interface Tally {
  /** As sent. */
  encodedBytes: number;
  decodedBytes: number;
}

export interface Cap {
  /** Cap on the decoded body. */
  readonly maxBytes: number;
  /** For the message: `GET host/path`. */
  readonly where: string;
}

/** Passes decoded chunks on until they are more than the caller takes, or far more than what was sent can honestly hold. */
export async function* withinCap(chunks: Bytes, tally: Tally, { maxBytes, where }: Cap): Bytes {
  for await (const chunk of chunks) {
    tally.decodedBytes += chunk.byteLength;
    const { encodedBytes, decodedBytes } = tally;
    if (decodedBytes > maxBytes) throw overCap(`${where}: expected at most ${count(maxBytes)} bytes, got more`, tally);
    if (decodedBytes > ratioFloorBytes && decodedBytes > encodedBytes * maxRatio) {
      const got = `${count(decodedBytes)} bytes and more from ${count(encodedBytes)}`;
      throw overCap(`${where}: expected a body that unpacks to at most ${maxRatio} times its size, got ${got}`, tally);
    }
    yield chunk;
  }
}

export function count(bytes: number): string {
  return bytes.toLocaleString('en-US');
}

function overCap(message: string, tally: Tally): Error {
  return sourceFailure(message, { retryable: false, details: { ...tally } });
}

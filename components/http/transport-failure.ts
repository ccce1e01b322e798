import { FailureError, infraFailure, sourceFailure } from 'signalbox';
import { count, type Tally } from './decode.ts';
import { describeHop, type Hop } from './hop.ts';

/** Of zlib and brotli: `Z_DATA_ERROR`, `Z_BUF_ERROR` (cut off), `ERR__ERROR_FORMAT_…`. */
const unpackingCode = /^(?:Z_|ERR_(?:_ERROR|BROTLI))/;

/** Undici's parser does not always give a code. */
const parserError = 'HTTPParserError';

/** Before the first byte of an answer: nobody answered, so it is the way there that failed. */
export function unansweredFailure(hop: Hop, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  if (isNoHttp(code, messageOf(error))) {
    return sourceFailure(`${describeHop(hop)}: expected an HTTP answer, got something else (${code})`, {}, error);
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    const message = `${describeHop(hop)}: expected a request that can be sent: ${messageOf(error)}`;
    return new FailureError({ class: 'error', message, retryable: false }, { cause: error });
  }
  return infraFailure(`${describeHop(hop)}: no answer: ${code}`, { hint: hintFor(code), details: { code } }, error);
}

/** After the headers: the source began to answer, and what followed was cut off or does not unpack. */
export function brokenBodyFailure(hop: Hop, error: unknown, tally: Tally, expectedBytes: number | undefined): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const details = { code, ...tally };
  const got = `${count(tally.encodedBytes)} bytes`;
  if (unpackingCode.test(code)) {
    const message = `${describeHop(hop)}: expected a body that unpacks as its Content-Encoding says, got ${got} that do not`;
    return sourceFailure(`${message} (${code})`, { details }, error);
  }
  const expected = expectedBytes === undefined ? 'a last chunk' : `${count(expectedBytes)} bytes`;
  return sourceFailure(
    `${describeHop(hop)}: expected ${expected}, got ${got}: the body was cut off`,
    { details },
    error,
  );
}

/** Undici's code for an answer that it will not have (100, 101) is that of a broken socket. */
function isNoHttp(code: string, message: string): boolean {
  if (code === 'UND_ERR_SOCKET') return message.startsWith('bad ');
  return code === parserError || code === 'UND_ERR_HEADERS_OVERFLOW' || /^(?:HPE_|UND_ERR_RES_)/.test(code);
}

/** Undefined for what is a Failure already, and for a bug: both pass as they are. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.name === parserError ? parserError : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hintFor(code: string): string {
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'The name could not be looked up: check it, and DNS.';
  if (code === 'ECONNREFUSED') return 'Nothing listens there: check host and port, and whether the service is up.';
  if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)) {
    return 'The certificate was not accepted: check the clock, or name your own authority in NODE_EXTRA_CA_CERTS.';
  }
  return 'The connection broke before an answer: check the network, then try again.';
}

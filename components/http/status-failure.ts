import type { FailureExtras } from 'signalbox';
import { sourceFailure } from 'signalbox';
import { quotedStart, shownType } from './describe-body.ts';
import { describeHop, type Hop } from './hop.ts';
import { redact } from './redact.ts';
import { retryAfterMs } from './retry-after.ts';

export interface RefusedAnswer {
  readonly hop: Hop;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The first decoded bytes of the body, as far as they could be read. */
  readonly start: Uint8Array;
}

/** What a status that is no answer means: always class `source`, retried where trying again can help. */
export function statusFailure({ hop, status, headers, start }: RefusedAnswer): Error {
  const contentType = shownType(headers['content-type']);
  const facts = [contentType, quotedStart(redact(start, hop))].filter((fact) => fact !== undefined);
  const shown = facts.length > 0 ? ` (${facts.join(', ')})` : '';
  return sourceFailure(`${describeHop(hop)}: expected status 2xx, got ${status}${shown}`, {
    ...policy(status, headers),
    details: { status, ...(contentType !== undefined && { contentType }) },
  });
}

function policy(status: number, headers: Readonly<Record<string, string>>): FailureExtras {
  if (status === 401 || status === 403) {
    return { retryable: false, hint: 'The source refused the credentials: check the secrets of this component.' };
  }
  if (status === 404) return { hint: 'Check the address: the source may have moved it, or not published it yet.' };
  if (status === 410)
    return { retryable: false, hint: 'The source has withdrawn this for good: look for a successor.' };
  if ([408, 425, 429].includes(status) || status >= 500) {
    const waitMs = retryAfterMs(headers);
    return { retryable: true, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
  }
  return { retryable: false };
}

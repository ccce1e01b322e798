import type { QuotaObservation, ServiceLimit } from 'signalbox';
import { parseHttpDate } from './http-date.ts';
import { askedWaitMs } from './retry-after.ts';

type Headers = Readonly<Record<string, string>>;

/** Longer ago than any moment that a service could mean, and far more seconds than any it could count down. */
const epochFrom = 1_000_000_000;

/**
 * What an answer tells of the limits of its service: `X-RateLimit-*` and `RateLimit-*` with Limit, Remaining and Reset
 * (seconds, or seconds or milliseconds since 1970), `RateLimit` and `RateLimit-Policy` of the IETF's draft
 * (draft-ietf-httpapi-ratelimit-headers, also in its older forms), and `Retry-After` of a 429 or 503 (RFC 9110 §10.2.3,
 * RFC 6585 §4). Undefined when it tells nothing.
 */
export function observe(status: number, headers: Headers): QuotaObservation | undefined {
  const unreadable: string[] = [];
  const pauseMs = status === 429 || status === 503 ? askedWaitMs(headers) : undefined;
  const limits = [...fieldLimits('x-ratelimit-', headers, unreadable), ...draftLimits(headers, unreadable)];
  if (pauseMs === undefined && limits.length === 0 && unreadable.length === 0) return undefined;
  return { limits, unreadable, ...(pauseMs === undefined ? {} : { pauseMs }) };
}

/** One field for each figure. */
function fieldLimits(prefix: string, headers: Headers, unreadable: string[]): readonly ServiceLimit[] {
  const read = (name: string, toValue: (figure: number) => number | undefined) => {
    const text = headers[prefix + name]?.trim();
    if (text === undefined || text === '') return undefined;
    const figure = Number(text);
    const value =
      /^-?\d+(?:\.\d+)?$/.test(text) && Number.isSafeInteger(Math.trunc(figure)) ? toValue(figure) : undefined;
    if (value === undefined || figure < 0) unreadable.push(`${prefix}${name} \`${text.slice(0, 40)}\``);
    return value;
  };
  const now = parseHttpDate(headers.date ?? '') ?? Date.now();
  const limit = read('limit', (figure) => (figure > 0 ? Math.floor(figure) : undefined));
  // Less than none left is none left.
  const remaining = read('remaining', (figure) => Math.max(0, Math.floor(figure)));
  const resetMs = read('reset', (figure) => Math.max(0, untilReset(figure, now)));
  return compact({ limit, remaining, resetMs });
}

/** GitHub and others send the moment, the drafts and others the seconds until then. */
function untilReset(figure: number, now: number): number {
  if (figure < epochFrom) return figure * 1_000;
  return (figure < epochFrom * 1_000 ? figure * 1_000 : figure) - now;
}

/** `RateLimit: "day";r=5;t=3600` with `RateLimit-Policy: "day";q=100;w=86400`; before, `limit=100, remaining=5, reset=3600`. */
function draftLimits(headers: Headers, unreadable: string[]): readonly ServiceLimit[] {
  const { ratelimit, 'ratelimit-policy': policy } = headers;
  if (ratelimit === undefined) return fieldLimits('ratelimit-', headers, unreadable);
  if (/(?:^|[\s,])(?:limit|remaining|reset)=/.test(ratelimit)) {
    const figures = Object.fromEntries(ratelimit.split(/[,;]/).map((part) => part.trim().split('=')));
    const older = Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [`ratelimit-${name}`, String(value)]),
    );
    return fieldLimits(
      'ratelimit-',
      { ...older, ...(headers.date === undefined ? {} : { date: headers.date }) },
      unreadable,
    );
  }
  const policies = new Map(itemsOf(policy ?? '').map((item) => [item.name, item.figures]));
  return itemsOf(ratelimit).flatMap(({ name, figures: { r, t } }) => {
    const { q, w } = policies.get(name) ?? {};
    return compact({ limit: q, remaining: r, resetMs: seconds(t), windowMs: seconds(w) });
  });
}

/** Items of a structured field (RFC 9651) with whole numbers as parameters; others are passed over. */
function itemsOf(
  field: string,
): readonly { readonly name: string; readonly figures: Readonly<Record<string, number>> }[] {
  return field.split(',').flatMap((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const figures = parameters.flatMap((parameter) => {
      const [, key, value] = /^([a-z]+)=(\d{1,15})$/.exec(parameter) ?? [];
      return key === undefined ? [] : [[key, Number(value)] as const];
    });
    return name === '' ? [] : [{ name, figures: Object.fromEntries(figures) }];
  });
}

function seconds(count: number | undefined): number | undefined {
  return count === undefined ? undefined : count * 1_000;
}

function compact(limit: { [Key in keyof ServiceLimit]: ServiceLimit[Key] | undefined }): readonly ServiceLimit[] {
  const known = Object.entries(limit).filter(([, value]) => value !== undefined);
  return known.length === 0 ? [] : [Object.fromEntries(known)];
}

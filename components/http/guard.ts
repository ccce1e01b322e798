import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { sourceFailure } from 'signalbox';
import { isPublicAddress, withoutBrackets } from './address.ts';

interface Address {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. Rejects with Node's DNS error (`ENOTFOUND`, `EAI_AGAIN`). */
export type Lookup = (hostname: string) => Promise<readonly Address[]>;

/** Who may be asked. Both methods throw a FailureError of class `source`, not retryable, for what is refused. */
export interface Guard {
  /** Asked for the first address of an exchange and for every redirect. */
  checkUrl(url: URL): void;
  /** Asked before every connection, literals included; the connection goes to one of the answers and nowhere else. */
  resolve(hostname: string, port: number): Promise<readonly Address[]>;
}

export interface PublicOnlyOptions {
  /** `host` or `host:port` (`[v6]:port`): private origins that the operator trusts, whatever they resolve to. */
  readonly allowHosts?: readonly string[];
  readonly lookup?: Lookup;
}

/** Admits http and https to public addresses. A name is refused when any one of its addresses is not public. */
export function publicOnly(options: PublicOnlyOptions = {}): Guard {
  const lookup = options.lookup ?? lookUpAll;
  const trusted = (options.allowHosts ?? []).map(parseTrustedHost);
  return {
    checkUrl: checkShape,
    async resolve(hostname, port) {
      const addresses = await addressesOf(hostname, lookup);
      const isTrusted = trusted.some((one) => one.host === hostname.toLowerCase() && (one.port ?? port) === port);
      const refused = isTrusted ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      if (refused) throw notPublic(hostname, port, refused.address);
      return addresses;
    },
  };
}

/** Admits one host and port: the sandbox's. */
export function only(origin: { readonly host: string; readonly port: number }): Guard {
  const host = canonicalHost(origin.host);
  return {
    checkUrl(url) {
      checkShape(url);
      if (canonicalHost(url.hostname) === host && portOf(url) === origin.port) return;
      throw sourceFailure(`no sandbox data for ${url.host}; add \`sandbox\`, or choose --env dev`, {
        retryable: false,
      });
    },
    resolve: (hostname) => addressesOf(hostname, lookUpAll),
  };
}

const lookUpAll: Lookup = (hostname) => systemLookup(hostname, { all: true, verbatim: true });

/** A socket does not ask its lookup about a literal, so literals are answered, and thereby checked, here. */
async function addressesOf(hostname: string, lookup: Lookup): Promise<readonly Address[]> {
  const family = isIP(hostname);
  return family === 0 ? lookup(hostname) : [{ address: hostname, family }];
}

function checkShape(url: URL): void {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw sourceFailure(`expected an http or https address, got one of scheme \`${url.protocol}\``, {
      retryable: false,
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw sourceFailure(`expected the address at ${url.host} to hold no user name and password`, {
      retryable: false,
      hint: 'Declare them as secrets and send them in a header.',
    });
  }
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function notPublic(hostname: string, port: number, address: string): Error {
  const place = `${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
  const through = address === hostname ? '' : ` (${address})`;
  return sourceFailure(`expected ${hostname}:${port} to be a public address, got a private or reserved one${through}`, {
    retryable: false,
    hint: `If you trust it, set SIGNALBOX_ALLOW_HOSTS=${place}, or allowHosts in config/<environment>.ts.`,
  });
}

interface TrustedHost {
  readonly host: string;
  readonly port?: number;
}

function parseTrustedHost(entry: string): TrustedHost {
  const match = isIP(entry) === 6 ? ['', entry] : /^(\[[^\]]+\]|[^:/?#@\s]+)(?::(\d{1,5}))?$/.exec(entry);
  const host = match?.[1] === undefined ? undefined : canonicalHost(match[1]);
  if (host === undefined) throw new Error(`expected \`allowHosts\` to hold host or host:port, got \`${entry}\``);
  return { host, ...(match?.[2] !== undefined && { port: Number(match[2]) }) };
}

/** One notation per host: lower case, decimal IPv4, compressed IPv6 without brackets. */
function canonicalHost(host: string): string | undefined {
  const bracketed = isIP(host) === 6 ? `[${host}]` : host;
  return URL.canParse(`http://${bracketed}`) ? withoutBrackets(new URL(`http://${bracketed}`).hostname) : undefined;
}

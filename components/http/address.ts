import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * True for an address that anyone on the internet may own. Everything else is refused: loopback, private, link-local
 * (cloud metadata), shared (RFC 6598), multicast, reserved, and every form that carries another address inside
 * (IPv4-mapped, NAT64, 6to4, Teredo). IPv6 is global only in 2000::/3 (RFC 4291 §2.4 as assigned by IANA).
 */
export function isPublicAddress(address: string): boolean {
  if (!isIP(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** `[::1]` as an URL has it → `::1` as a socket wants it. */
export function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

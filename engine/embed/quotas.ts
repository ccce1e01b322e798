import { createHash } from 'node:crypto';
import type { Component } from '../model/component.ts';
import type { QuotaStore } from '../model/quota.ts';
import type { RunQuotas } from '../run/quotas/ports.ts';
import { windowOf } from '../schedule/quota-window.ts';
import type { SecretReader } from './secrets.ts';

/** In the sandbox nothing is spent: its count is its own, whatever its keys are. */
const sandboxCredential = 'sandbox';

export function runQuotas(store: QuotaStore, read: SecretReader, isSandbox: boolean): RunQuotas {
  return { store, windowOf, credentialOf: (component) => credentialOf(component, read, isSandbox) };
}

/**
 * Names the credential without telling it: environments that share one share its count. `none` where the service asks for
 * none and counts the calls of this machine.
 */
export function credentialOf(
  { quota, secrets }: Pick<Component, 'quota' | 'secrets'>,
  read: SecretReader,
  isSandbox: boolean,
): string {
  if (isSandbox) return sandboxCredential;
  const names = [...new Set(quota?.credential ?? secrets)].toSorted();
  if (names.length === 0) return 'none';
  const values = names.map((name) => read(name) ?? '');
  return createHash('sha256')
    .update(JSON.stringify(['signalbox quota', ...values]))
    .digest('hex')
    .slice(0, 16);
}

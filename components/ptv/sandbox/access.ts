import { devidSecret, keySecret } from '../requests.ts';

/** What the sandbox answers for: `/v3/<resource>`. */
export const resources = ['routes', 'disruptions'] as const;
export type Resource = (typeof resources)[number];

/** The keys that open it. */
export const sandboxSecrets = { [devidSecret]: '3000001', [keySecret]: '5a4db0c5-0000-4000-8000-000000000002' };

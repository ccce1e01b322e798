import { keySecret } from '../feeds.ts';

/** The keys that open the sandbox. */
export const sandboxSecrets = { [keySecret]: '5a4db0c5-0000-4000-8000-000000000001' };

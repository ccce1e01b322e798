import { exitCodes } from './exit-codes.ts';
import { UsageError } from './usage-error.ts';

/** None is guessed where nobody watches: a line in cron that is forgotten runs for years. */
export function requireEnvironment(environment: string | undefined): string {
  if (environment !== undefined) return environment;
  const hint = 'Name one: --env sandbox, dev or prd.';
  throw new UsageError('expected --env, got none, and none is guessed', hint, exitCodes.configuration);
}

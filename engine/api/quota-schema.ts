import { z } from 'zod';
import { quotaPeriods } from '../model/quota.ts';
import { strictOptions } from './expected.ts';
import * as is from './values.ts';

const mostCalls = 1_000_000_000;

/** What `quota()` takes. */
export const quotaSchema = z.object({
  name: is.id,
  options: strictOptions("an object such as { limit: 1_000, per: 'day' }", {
    limit: is.wholeNumber(1, mostCalls),
    per: is.oneOf(quotaPeriods),
    timezone: is.timezone.default('UTC'),
    reserve: is.wholeNumber(0, mostCalls).default(0),
    credential: z
      .array(is.secret, { error: 'a list of names of secrets' })
      .min(1, { error: 'a list of at least one name of a secret' })
      .optional(),
  }),
});

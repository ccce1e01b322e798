import { z } from 'zod';
import { failurePolicies } from '../model/component.ts';
import { catchupPolicies } from '../model/slot.ts';
import { member } from './component-schema.ts';
import { expected, strictOptions } from './expected.ts';
import * as is from './values.ts';

const group = strictOptions('an object such as { concurrency: 2 } or { components: [one, another] }', {
  description: is.text.optional(),
  concurrency: is.wholeNumber(1, 10_000).optional(),
  components: z.array(member, { error: 'a list of components' }).min(1, { error: 'a list of components' }).optional(),
}).refine(({ concurrency, components }) => concurrency !== undefined || components !== undefined, {
  error: 'an object with `concurrency`, `components` or both',
});

/** What `defineDag()` takes; its components are looked at one by one. */
export const dagSchema = strictOptions('an object of DAG options', {
  id: is.id,
  description: is.text.optional(),
  timezone: is.timezone.default('UTC'),
  schedule: is.cron.optional(),
  catchup: is.oneOf(catchupPolicies).optional(),
  tolerance: is.duration.optional(),
  catchupWindow: is.duration.optional(),
  timeout: is.duration.optional(),
  concurrency: is.wholeNumber(1, 10_000).optional(),
  failurePolicy: is.oneOf(failurePolicies).optional(),
  groups: z.record(is.groupName, group, { error: 'an object of name: { concurrency, components }' }).default({}),
  components: expected<readonly unknown[]>(
    'a list of at least one component',
    (value) => Array.isArray(value) && value.length > 0,
  ),
});

export type ParsedDag = z.output<typeof dagSchema>;

import { z } from 'zod';
import { type Component, frequencies } from '../model/component.ts';
import type { JsonObject } from '../model/json.ts';
import { showValue } from '../model/problem.ts';
import type { SandboxPart } from '../model/sandbox.ts';
import { expected, strictOptions } from './expected.ts';
import type { ComponentHandle, OptionalHandle } from './handle.ts';
import { capturedDefinition } from './handle.ts';
import { findNotJson } from './json-value.ts';
import { type PriorityHandle, type QuotaHandle, writtenQuota } from './quota.ts';
import * as is from './values.ts';

const every = strictOptions('one of hourly, daily, weekly, monthly, yearly, or { every: "90m" }', {
  every: is.duration,
});

const params = z
  .unknown()
  .superRefine((value, context) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const found = isObject ? findNotJson(value) : { path: [], value };
    if (!found) return;
    const message = found.path.length === 0 ? 'a JSON object' : 'JSON';
    context.addIssue({ code: 'custom', path: [...found.path], message, params: { got: showValue(found.value) } });
  })
  .transform((value) => structuredClone(value as JsonObject));

export const member = expected<ComponentHandle>(
  'a component made by component()',
  (value) => capturedDefinition(value) !== undefined,
);

const upstream = expected<ComponentHandle | OptionalHandle>(
  'a component made by component(), or optional(…) of one',
  (value) => capturedDefinition(value) !== undefined || capturedDefinition(optionalHandle(value)) !== undefined,
);

export function optionalHandle(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'handle' in value ? value.handle : undefined;
}

const quota = expected<QuotaHandle | PriorityHandle>(
  'a quota made by quota(), or priority(…) of one',
  (value) => writtenQuota(value) !== undefined,
);

const sandboxPart = expected<SandboxPart>('a sandbox part: { name, layout, open }', (value) => {
  const part = value as Partial<SandboxPart> | null;
  return is.id.safeParse(part?.name).success && Array.isArray(part?.layout) && typeof part?.open === 'function';
});

/** What `component()` takes, value by value; what concerns several values at once is in `component-rules.ts`. */
export const componentSchema = strictOptions('an object of component options', {
  id: is.id,
  description: is.text.optional(),
  version: is.nonEmptyText.default('1'),
  dependsOn: z.record(is.dependencyName, upstream, { error: 'an object of name: component' }).default({}),
  rule: is.rule.default('all_success'),
  frequency: z.union([every, is.oneOf(frequencies)]).optional(),
  cron: is.cron.optional(),
  timeout: is.duration.optional(),
  retries: is.retries.optional(),
  group: is.groupName.optional(),
  quota: quota.optional(),
  enabled: is.flag.default(true),
  isolation: is.isolation.default('process'),
  params: params.default({}),
  secrets: z.array(is.secret, { error: 'a list of names of secrets' }).default([]),
  baseUrl: is.baseUrl.optional(),
  sandbox: sandboxPart.optional(),
  sources: is.callable<NonNullable<Component['sources']>>('a function (scope) => [sources]').optional(),
  output: is.schema.default(z.json().default(null)),
  run: is.callable<NonNullable<Component['run']>>('an async function (context) => output').optional(),
  command: is.command.optional(),
});

export type ParsedComponent = z.output<typeof componentSchema>;

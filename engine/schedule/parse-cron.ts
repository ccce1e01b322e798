import { CronExpressionParser } from 'cron-parser';
import { type CronFields, parseCronSyntax } from '../model/cron.ts';
import { type Problem, showValue } from '../model/problem.ts';

export type ParsedCron =
  /** `expression` has five fields, aliases written out. */
  | { readonly ok: true; readonly expression: string; readonly fields: CronFields }
  | { readonly ok: false; readonly problem: Problem };

/**
 * Parses a cron expression by our own strict grammar, then has cron-parser, a second reader, agree: alone it also takes an
 * empty text, three fields and `H`.
 */
export function parseCron(text: string, path = 'cron'): ParsedCron {
  const parsed = parseCronSyntax(text);
  if (!parsed.ok) return { ok: false, problem: { path, expected: parsed.expected, got: showValue(text) } };
  try {
    CronExpressionParser.parse(withoutRepetition(parsed.expression, parsed.fields));
    return parsed;
  } catch (error) {
    const hint = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: { path, expected: 'a cron expression', got: showValue(text), hint } };
  }
}

/** cron-parser refuses a list that names a value twice. */
function withoutRepetition(expression: string, fields: CronFields): string {
  const { minute, hour, dayOfMonth, month, dayOfWeek } = fields;
  const values = [minute, hour, dayOfMonth, month, dayOfWeek];
  const parts = expression.split(' ');
  return parts.map((part, index) => (part.includes(',') ? (values[index] ?? []).join(',') : part)).join(' ');
}

import { z } from 'zod';

const toldIssues = 3;

/**
 * A list that is given up on at its first element that does not fit: when an API changes a field, every element is wrong,
 * and an issue for each of a million would fill memory and message.
 */
export function listOf<Item>(item: z.ZodType<Item>) {
  return z.array(z.unknown()).transform((values, context): Item[] => {
    const items: Item[] = [];
    for (const [index, value] of values.entries()) {
      const parsed = item.safeParse(value);
      if (!parsed.success) {
        const issues = parsed.error.issues.slice(0, toldIssues);
        for (const { message, path } of issues) context.addIssue({ code: 'custom', message, path: [index, ...path] });
        return z.NEVER;
      }
      items.push(parsed.data);
    }
    return items;
  });
}

/** What does not fit, in words: the first few places. */
export function describeMisfit({ issues }: z.ZodError): string {
  const more = issues.length > toldIssues ? `\n… and ${issues.length - toldIssues} more` : '';
  return z.prettifyError(new z.ZodError(issues.slice(0, toldIssues))) + more;
}

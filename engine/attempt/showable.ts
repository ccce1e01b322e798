import type { Failure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';

/** Room for many places and paths. A source may put megabytes into what it says is wrong, and all of it would become rows. */
const longestText = 4_000;
const longestStack = 16_000;
const longestDetails = 64_000;

/**
 * A failure as terminals and the database can take it: texts cut short, control characters visible, and without
 * details that JSON cannot hold.
 */
export function showable({ details, ...failure }: Failure): Failure {
  const { hint, stack } = failure;
  const kept = details === undefined ? undefined : shownDetails(details);
  return {
    ...failure,
    message: shown(failure.message, longestText),
    ...(hint === undefined ? {} : { hint: shown(hint, longestText) }),
    ...(stack === undefined ? {} : { stack: shown(stack, longestStack) }),
    ...(kept === undefined ? {} : { details: kept }),
  };
}

function shownDetails(details: JsonObject): JsonObject | undefined {
  try {
    const text = JSON.stringify(details, (_, value: unknown) =>
      typeof value === 'string' ? shown(value, longestText) : value,
    );
    return text.length > longestDetails ? { cut: shown(text, longestText) } : (JSON.parse(text) as JsonObject);
  } catch {
    return undefined;
  }
}

/** All but tabs and ends of lines: they could rewrite what a terminal shows. */
const controls = /[^\P{Cc}\t\n]/gu;

function shown(text: string, longest: number): string {
  const start = text.length > longest ? `${text.slice(0, longest)}… (${text.length - longest} more characters)` : text;
  return start.replace(controls, '\u{fffd}');
}

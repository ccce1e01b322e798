import type { Settings } from '../../../config/schema.ts';
import { parseDuration } from '../../model/duration.ts';
import { UsageError } from '../usage-error.ts';

/** What is old, by kind: whatever is before its instant. */
export interface CleanTerms {
  readonly history: Date;
  readonly artifacts: Date;
  /** Undefined: every version is kept. */
  readonly versions: Date | undefined;
}

/** By the settings of the environment; `before` wins over what they say of history. */
export function cleanTerms({ retention }: Settings, before: string | undefined, now: Date): CleanTerms {
  const ago = (durationMs: number) => new Date(now.getTime() - durationMs);
  const history = before === undefined ? ago(retention.history) : instantOf(before, now);
  const artifacts = ago(retention.artifacts);
  return {
    history,
    // Nobody finds the logs of a run that is forgotten.
    artifacts: artifacts < history ? history : artifacts,
    versions: retention.versions === 'forever' ? undefined : ago(retention.versions),
  };
}

function instantOf(text: string, now: Date): Date {
  const duration = parseDuration(text);
  const instant = duration === undefined ? new Date(text) : new Date(now.getTime() - duration);
  const isWritten = duration !== undefined || /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2}))?$/.test(text);
  if (isWritten && instant <= now) return instant;
  const hint = 'Everything that ended before is removed, as far as nothing hangs on it.';
  throw new UsageError(`expected --before to be an age such as 30d, or a day that is past, got \`${text}\``, hint);
}

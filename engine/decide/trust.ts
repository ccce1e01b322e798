import { isSameContent, restsOnValidators, type SourceEvidence } from '../model/evidence.ts';
import type { SourceTrust, TrustBySource } from '../model/trust.ts';

/** Clean audits after which a source that lied is believed again. */
const cleanToPromote = 10;

const untested: SourceTrust = { changes: 0, verified: 0, audits: 0, lies: 0, flaps: 0, clean: 0 };

/** What a component's sources have shown in one run. */
export interface Showing {
  readonly trust: TrustBySource;
  /** Of the last success. */
  readonly before: readonly SourceEvidence[];
  readonly now: readonly SourceEvidence[];
  readonly at: Date;
}

/** The trust in each source after this showing. A source that is no longer declared is forgotten. */
export function nextTrust({ trust, before, now, at }: Showing): TrustBySource {
  const shown = now.map((evidence) => {
    const earlier = before.find(({ source }) => source === evidence.source);
    return [evidence.source, next(trust[evidence.source] ?? untested, earlier, evidence, at)] as const;
  });
  return Object.fromEntries(shown);
}

function next(trust: SourceTrust, before: SourceEvidence | undefined, now: SourceEvidence, at: Date): SourceTrust {
  if (!before || restsOnValidators(now)) return trust;
  const isSame = isSameContent(before, now);
  const counted = {
    ...trust,
    changes: trust.changes + (isSame ? 0 : 1),
    verified: trust.verified + (isSame ? 1 : 0),
    flaps: trust.flaps + (now.proof === 'flapping' ? 1 : 0),
  };
  if (now.proof === 'lied') return { ...demoted(counted), demotedSince: trust.demotedSince ?? at.toISOString() };
  return now.proof === 'clean' && now.audited ? promoted(counted) : counted;
}

function demoted(trust: SourceTrust): SourceTrust {
  return { ...trust, audits: trust.audits + 1, lies: trust.lies + 1, clean: 0 };
}

function promoted(trust: SourceTrust): SourceTrust {
  const { demotedSince, ...others } = { ...trust, audits: trust.audits + 1, clean: trust.clean + 1 };
  return demotedSince === undefined || others.clean >= cleanToPromote ? others : { ...others, demotedSince };
}

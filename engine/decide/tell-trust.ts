import type { SourceEvidence } from '../model/evidence.ts';
import type { Json } from '../model/json.ts';
import type { TrustBySource } from '../model/trust.ts';

/** What a decision says of whether its sources can be believed: nothing, where nothing was put to the test. */
interface TrustTold {
  /** Follows the sentence of the check. */
  readonly because: string;
  readonly inputs: Readonly<Record<string, Json>>;
}

const nothingTold: TrustTold = { because: '', inputs: {} };

export function tellTrust(now: readonly SourceEvidence[], trust: TrustBySource): TrustTold {
  const isTested = ({ source, audited, proof }: SourceEvidence) =>
    audited || proof !== undefined || trust[source]?.demotedSince !== undefined;
  return now.some(isTested) ? tellTested(now, trust) : nothingTold;
}

function tellTested(now: readonly SourceEvidence[], trust: TrustBySource): TrustTold {
  const audited = idsOf(now.filter((evidence) => evidence.audited));
  const lied = idsOf(now.filter(({ proof }) => proof === 'lied'));
  const flapping = idsOf(now.filter(({ proof }) => proof === 'flapping'));
  const demoted = idsOf(now.filter(({ source }) => trust[source]?.demotedSince !== undefined));
  const newly = lied.filter((source) => !demoted.includes(source));
  return {
    because: [
      sentence(newly, 'said that it had not: from now on its content decides'),
      sentence(demoted, 'is read each time, because it once denied a change'),
      sentence(
        audited.filter((source) => ![...lied, ...demoted].includes(source)),
        'was read to verify what it says',
      ),
      sentence(flapping, 'has validators that move without its content'),
    ].join(''),
    inputs: {
      ...(audited.length > 0 ? { audited: true } : {}),
      ...(lied.length > 0 ? { lied } : {}),
      ...(demoted.length > 0 ? { demoted } : {}),
      ...(flapping.length > 0 ? { flapping } : {}),
    },
  };
}

function sentence(sources: readonly string[], says: string): string {
  return sources.length === 0 ? '' : `; ${sources.join(', ')} ${says}`;
}

function idsOf(evidence: readonly SourceEvidence[]): string[] {
  return evidence.map(({ source }) => source);
}

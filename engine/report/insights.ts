import { formatDuration } from '../model/duration.ts';
import type { Finding, Gain } from '../model/finding.ts';
import type { SourceTrust } from '../model/trust.ts';
import type { WatchedComponent, WatchedSource } from '../model/watched.ts';
import { formatBytes, formatCount, formatNumber } from './quantity.ts';

const untested: SourceTrust = { changes: 0, verified: 0, audits: 0, lies: 0, flaps: 0, clean: 0 };

/** What the probes of a component were good for: one finding for what its skips have spared, and one for each source. */
export function findingsOf(watched: WatchedComponent): readonly Finding[] {
  return [skipsOf(watched), ...watched.sources.map((source) => sourceFinding(source, watched))];
}

/** Median of the last successes, once for each of them that did not take place. */
function skipsOf({ dag, component, skips, typical }: WatchedComponent): Finding {
  const subject = { dag, component };
  const evidence = { skips, typical: typical && { ...typical } };
  const unknown = `${formatCount(skips, 'skip')}; what a success takes is not known`;
  if (!typical) return { kind: 'skips', subject, says: unknown, evidence };
  const { successes, wallMs, calls, bytes } = typical;
  const minutes = (skips * wallMs) / 60_000;
  const gain = {
    minutes,
    calls: Math.round(skips * calls),
    bytes: Math.round(skips * bytes),
    estimatedFrom: successes,
  } satisfies Gain;
  const saved = `${formatDuration(skips * wallMs)}, ${formatCount(gain.calls, 'call')} and ${formatBytes(gain.bytes)} of its own`;
  const says = `${formatCount(skips, 'skip')} spared ${saved}, estimated from ${formatCount(successes, 'success', 'successes')}`;
  return { kind: 'skips', subject, says, evidence, gain };
}

function sourceFinding({ source, bytes }: WatchedSource, { dag, component, skips, trust }: WatchedComponent): Finding {
  const shown = trust[source] ?? untested;
  const { changes, verified, audits, lies, flaps, demotedSince } = shown;
  const probes = skips + changes;
  const resting = Math.max(0, skips - verified);
  const evidence = {
    probes,
    unchanged: skips,
    restingOnValidators: resting,
    flaps,
    audits,
    lies,
    accuracy: audits === 0 ? null : (audits - lies) / audits,
    demotedSince: demotedSince ?? null,
  };
  const says = [
    `${formatCount(probes, 'probe')}, ${share(skips, probes)} unchanged`,
    audits === 0 ? 'never audited' : `right in ${formatNumber(audits - lies)} of ${formatCount(audits, 'audit')}`,
    ...(demotedSince === undefined ? [] : [`demoted since ${demotedSince.slice(0, 10)}: its content decides`]),
    ...(flaps === 0 ? [] : [`validators moved ${formatCount(flaps, 'time')} without the content`]),
  ].join('; ');
  const gain = { bytes: resting * bytes, estimatedFrom: 1 };
  return { kind: 'source', subject: { dag, component, source }, says, evidence, gain };
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${Math.round((part / whole) * 100)}%`;
}

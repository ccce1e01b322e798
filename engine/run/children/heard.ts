import { failureClasses } from '../../model/failure.ts';
import type { ToParent } from '../../model/messages.ts';
import { attemptStatuses } from '../../model/status.ts';

type Said = Readonly<Record<string, unknown>>;

const levels: readonly unknown[] = ['debug', 'info', 'warn', 'error'];

/**
 * The message, if it is one of the engine's. Code of the component may use the channel, too, for messages of its own: those
 * are passed over, also when they share a `type`. A child is never trusted to keep to the form.
 */
export function heardFrom(message: unknown): ToParent | undefined {
  return isOurs(asRecord(message)) ? (message as ToParent) : undefined;
}

function isOurs(said: Said): boolean {
  switch (said.type) {
    case 'ready':
      return true;
    case 'log':
      return isLine(asRecord(said.line));
    case 'progress':
      return isProgress(asRecord(said.progress));
    case 'quota':
      return Number.isSafeInteger(said.id) && isAsk(asRecord(said.ask));
    case 'quota_observed':
      return isObservation(asRecord(said.observation));
    case 'probed':
      return isResidue(asRecord(said.residue)) && isProbeResult(asRecord(said.result));
    case 'ended':
      return isResidue(asRecord(said.residue)) && isOutcome(asRecord(said.outcome));
    default:
      return false;
  }
}

function isLine({ level, message, fields }: Said): boolean {
  return levels.includes(level) && typeof message === 'string' && (fields === undefined || isRecord(fields));
}

function isProgress({ done, total, unit }: Said): boolean {
  return Number.isFinite(done) && (total === undefined || Number.isFinite(total)) && typeof unit === 'string';
}

function isAsk({ cost, priority }: Said): boolean {
  return Number.isSafeInteger(cost) && (cost as number) > 0 && typeof priority === 'boolean';
}

function isObservation({ pauseMs, limits, unreadable }: Said): boolean {
  const isSaid = (limit: unknown) => Object.values(asRecord(limit)).every(isCount);
  const areRead = Array.isArray(limits) && limits.every(isSaid);
  return (pauseMs === undefined || isCount(pauseMs)) && areRead && Array.isArray(unreadable);
}

function isCount(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) >= 0;
}

function isResidue({ handles, spawned, rssBytes }: Said): boolean {
  return Array.isArray(handles) && Number.isFinite(spawned) && Number.isFinite(rssBytes);
}

function isProbeResult({ known, evidence, message }: Said): boolean {
  return known === true ? Array.isArray(evidence) : known === false && typeof message === 'string';
}

function isOutcome({ status, metrics, failure, ...success }: Said): boolean {
  if (!Number.isFinite(asRecord(metrics).wallMs)) return false;
  if (status !== 'success') return attemptStatuses.includes(status as never) && isFailure(asRecord(failure));
  const lists = [success.datasets, success.evidence, success.warnings, asRecord(success.quarantine).first];
  return success.output !== undefined && lists.every(Array.isArray);
}

function isFailure({ class: blamed, message }: Said): boolean {
  return failureClasses.includes(blamed as never) && typeof message === 'string';
}

function asRecord(value: unknown): Said {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Said {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

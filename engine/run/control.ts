import type { Component } from '../model/component.ts';
import type { AttemptLogged, AttemptProgressed } from '../model/event.ts';
import type { QuotaCounter } from '../model/quota.ts';
import type { AttemptControl } from '../model/task.ts';
import type { Mask } from './mask.ts';
import type { RunState } from './run-state.ts';

/**
 * Lets an attempt be heard as events, with its secrets taken out and not before `begun`, and stopped with the run. An
 * inline attempt may talk before its start is on record.
 */
export function createControl(
  component: Component,
  attempt: number,
  mask: Mask,
  timeoutMs: number,
  begun: Promise<unknown>,
  state: RunState,
  quota: QuotaCounter | undefined,
): AttemptControl {
  const { clock, emit } = state.ports;
  const tell = (event: AttemptProgressed | AttemptLogged) => {
    begun.then(
      () => emit(event),
      () => {},
    );
  };
  const base = () => ({ at: clock.now(), runId: state.info.id, component: component.id, attempt });
  return {
    timeoutMs,
    graceMs: state.request.settings.graceMs,
    signal: state.stop,
    ...(state.request.hurry ? { hurry: state.request.hurry } : {}),
    onProgress: (progress) => tell({ type: 'attempt_progressed', ...base(), progress }),
    onLog: (line) => tell({ type: 'attempt_logged', ...base(), ...mask.line(line) }),
    ...(quota ? { quota } : {}),
  };
}

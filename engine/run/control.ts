import type { Component } from '../model/component.ts';
import type { AttemptControl } from '../model/task.ts';
import type { Mask } from './mask.ts';
import type { RunState } from './run-state.ts';

/** Lets an attempt be heard as events, with its secrets taken out, and stopped with the run. */
export function createControl(
  component: Component,
  attempt: number,
  mask: Mask,
  timeoutMs: number,
  state: RunState,
): AttemptControl {
  const { clock, emit } = state.ports;
  const base = () => ({ at: clock.now(), runId: state.info.id, component: component.id, attempt });
  return {
    timeoutMs,
    graceMs: state.request.settings.graceMs,
    signal: state.stop,
    onProgress: (progress) => emit({ type: 'attempt_progressed', ...base(), progress }),
    onLog: (line) => emit({ type: 'attempt_logged', ...base(), ...mask.line(line) }),
  };
}

import type { Component } from '../model/component.ts';
import type { ProbeResult } from '../model/evidence.ts';
import { timeoutOf } from './attempt.ts';
import { createControl } from './control.ts';
import { createMask } from './mask.ts';
import { maskEvidence } from './mask-evidence.ts';
import type { Origin } from './ports.ts';
import { openGate } from './quotas/quota-gate.ts';
import type { RunState } from './run-state.ts';
import { createGlanceTask, createTask } from './task.ts';
import type { Upstreams } from './upstreams.ts';
import type { Work } from './work.ts';

/** The decision is not made yet: the task carries a stand-in that asks with validators. */
const undecided = { verdict: 'run', reason: 'probe', checks: [] } as const;

/**
 * Asks the sources, in the place where the attempt would run, without a place of a pool. Those that answer at once wait for
 * nobody: they have no host, send no calls and need no deadline.
 */
export async function probeSources(
  component: Component,
  upstreams: Upstreams,
  origin: Origin,
  state: RunState,
): Promise<ProbeResult> {
  const work: Work = { component, decision: undecided, origin, upstreams, landed: [] };
  const glanced = await state.ports.workshops[component.isolation].glance?.(createGlanceTask(work, state));
  return glanced ? { known: true, evidence: glanced } : probeInPlace(work, state);
}

function probeInPlace(work: Work, state: RunState): Promise<ProbeResult> {
  const { component } = work;
  const { clock, emit, workshops } = state.ports;
  return state.places.probe(hostOf(component), async () => {
    emit({ type: 'component_probing', at: clock.now(), runId: state.info.id, component: component.id });
    const workplace = await workshops[component.isolation].open(component.id);
    try {
      const task = createTask(work, 0, state);
      const mask = createMask(task.secrets);
      const gate = openGate(component, 'probe', state);
      const control = createControl(component, 0, mask, timeoutOf(component, state), Promise.resolve(), state, gate);
      const result = await workplace.probe(task, control);
      await gate?.close();
      return result.known
        ? { known: true, evidence: maskEvidence(result.evidence, mask) }
        : { known: false, message: mask.text(result.message) };
    } finally {
      await workplace.release();
    }
  });
}

/** The live host, so that the sandbox is asked in the same rhythm as the real sources. */
function hostOf({ id, baseUrl }: Component): string {
  return baseUrl === undefined ? id : new URL(baseUrl).host;
}

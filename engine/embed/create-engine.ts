import { systemClock } from '../clock/system-clock.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { openEngine } from './open-engine.ts';

/** Opens the engine inside this process. It prints nothing, ends nothing, and installs no signal handler. */
export function createEngine(options: EngineOptions): Engine {
  requireEnvironment(options);
  return openEngine(options, systemClock);
}

function requireEnvironment({ environment }: EngineOptions): void {
  if (typeof environment === 'string' && environment !== '') return;
  const hint = "Pass `environment: 'sandbox'`, 'dev' or 'prd'.";
  throw new EngineError('expected an environment, got none, and none is guessed', { hint, exitCode: 78 });
}

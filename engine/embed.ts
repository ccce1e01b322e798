/** The engine for code: `import { createEngine } from 'signalbox/embed'`. */
export { createEngine, type EngineOptions } from './embed/create-engine.ts';
export type { Engine, RunOptions } from './embed/engine.ts';
export type { RunEvent } from './model/event.ts';
export type { RunSummary } from './model/summary.ts';

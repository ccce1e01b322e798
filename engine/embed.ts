/** The engine for code: `import { createEngine } from 'signalbox/embed'`. */
export { createEngine } from './embed/create-engine.ts';
export type { Engine, EngineOptions, RetryOptions, RunOptions } from './embed/engine.ts';
export type { Tick, TickOptions } from './embed/tick/options.ts';
export type { RunEvent } from './model/event.ts';
export type { RunSummary } from './model/summary.ts';
export type { DagTick, PassedSlot, SlotRun } from './model/tick.ts';

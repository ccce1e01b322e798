import { callSite } from './call-site.ts';

/** `Symbol.for`: a handle made by one copy of this module is known to every other. */
const handleBrand: unique symbol = Symbol.for('signalbox.component');
declare const outputType: unique symbol;

/** What was written and where; validated by `defineDag`, together with everything else. */
export interface CapturedDefinition {
  readonly definition: unknown;
  /** `file:line` of the author's call, found only when a message needs it. */
  readonly definedAt: () => string | undefined;
}

/** A component as other components and the DAG refer to it: an object, so that a misspelt one does not compile. */
export interface ComponentHandle<Output = unknown> {
  readonly id: string;
  readonly [handleBrand]: CapturedDefinition;
  readonly [outputType]?: Output;
}

/** An upstream that the downstream can do without. */
export interface OptionalHandle<Output = unknown> {
  readonly handle: ComponentHandle<Output>;
  readonly optional: true;
}

/** `dependsOn: { schedule: optional(schedule) }`: if it failed, the downstream runs all the same, marked `degraded`. */
export function optional<Output>(handle: ComponentHandle<Output>): OptionalHandle<Output> {
  return { handle, optional: true };
}

export function createHandle<Output>(definition: unknown, calledFunction: CallableFunction): ComponentHandle<Output> {
  const captured: CapturedDefinition = { definition, definedAt: callSite(calledFunction) };
  const written = (definition as { id?: unknown } | undefined)?.id;
  const id = typeof written === 'string' ? written : '';
  return Object.defineProperty({ id }, handleBrand, { value: captured }) as ComponentHandle<Output>;
}

/** Undefined for anything that `component()` did not make. */
export function capturedDefinition(value: unknown): CapturedDefinition | undefined {
  if (typeof value !== 'object' || value === null || !(handleBrand in value)) return undefined;
  return value[handleBrand] as CapturedDefinition;
}

import type { ZodType, z } from 'zod';
import type { TriggerRule } from '../model/component.ts';
import type { JsonObject } from '../model/json.ts';
import type { ComponentDefinition, Dependencies, NoDependencies } from './definition.ts';
import { type ComponentHandle, createHandle } from './handle.ts';

/**
 * Describes a node of a DAG. Never throws: what is wrong with the definition is told by `defineDag`, all of it at once,
 * with the place of this call.
 */
export function component<
  D extends Dependencies = NoDependencies,
  R extends TriggerRule = 'all_success',
  S extends ZodType = ZodType,
  P extends JsonObject = JsonObject,
>(definition: ComponentDefinition<D, R, S, P>): ComponentHandle<z.output<S>> {
  return createHandle<z.output<S>>(definition, component);
}

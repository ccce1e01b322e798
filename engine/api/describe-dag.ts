import { type ZodType, z } from 'zod';
import type { Component, Dag } from '../model/component.ts';
import type { Json, JsonObject } from '../model/json.ts';

/** Everything about a DAG but its functions, as JSON with keys in a fixed order: for `show`, for storage and for hashing. */
export function describeDag(dag: Dag): JsonObject {
  const { components, ...rest } = dag;
  return toJson({ ...rest, components: components.map(describeComponent) });
}

function describeComponent({ output, sandbox, sources, run, ...rest }: Component): object {
  return {
    ...rest,
    body: run === undefined ? 'command' : 'function',
    declaresSources: sources !== undefined,
    sandbox: sandbox && { name: sandbox.name, layout: sandbox.layout },
    output: schemaOf(output),
  };
}

const described = new WeakMap<ZodType, Json>();

/** Most components of a large DAG share one schema, and a description takes zod longer than the rest of the component. */
function schemaOf(schema: ZodType): Json {
  const known = described.get(schema);
  if (known !== undefined) return known;
  const description = describeSchema(schema);
  described.set(schema, description);
  return description;
}

/** JSON Schema cannot say everything that zod can (transforms, custom checks): such parts become `{}`. */
function describeSchema(schema: ZodType): Json {
  try {
    return toJson(z.toJSONSchema(schema, { unrepresentable: 'any', cycles: 'ref' }));
  } catch (error) {
    return { $comment: `no JSON Schema: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Drops what is undefined. */
function toJson(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

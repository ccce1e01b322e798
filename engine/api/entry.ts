import { parseDuration } from '../model/duration.ts';
import { optionalHandle } from './component-schema.ts';
import type { Place } from './expected.ts';
import { type CapturedDefinition, capturedDefinition } from './handle.ts';
import * as is from './values.ts';

/**
 * A member of `components` as it was written. The rules that look at several values or components read it as it is: one
 * wrong value must not hide what else is wrong.
 */
export interface Entry {
  readonly captured: CapturedDefinition;
  readonly path: string;
  /** Undefined when it is no valid id. */
  readonly id: string | undefined;
  readonly written: Readonly<Record<string, unknown>>;
  readonly upstreams: readonly WrittenUpstream[];
}

export interface WrittenUpstream {
  readonly name: string;
  readonly captured: CapturedDefinition;
  readonly optional: boolean;
}

export function readEntry(captured: CapturedDefinition, index: number): Entry {
  const written = asRecord(captured.definition);
  const id = is.id.safeParse(written.id).data;
  const path = id === undefined ? `components[${index}]` : `components.${id}`;
  return { captured, path, id, written, upstreams: readUpstreams(written.dependsOn) };
}

function readUpstreams(dependsOn: unknown): readonly WrittenUpstream[] {
  return Object.entries(asRecord(dependsOn)).flatMap(([name, value]) => {
    const direct = capturedDefinition(value);
    const captured = direct ?? capturedDefinition(optionalHandle(value));
    return captured === undefined ? [] : [{ name, captured, optional: direct === undefined }];
  });
}

/** Only for messages and only once something is wrong: finding the line costs. */
export function placeOf(entry: Entry, ...below: readonly string[]): Place {
  const where = entry.captured.definedAt();
  return { path: [entry.path, ...below].join('.'), ...(where !== undefined && { where }) };
}

export function writtenId(captured: CapturedDefinition): string {
  return String(asRecord(captured.definition).id);
}

export function writtenDuration(value: unknown): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

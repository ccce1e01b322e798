import type { Component, Dag } from '../model/component.ts';
import { type Problem, showValue } from '../model/problem.ts';
import { orderNodes } from '../plan/order.ts';
import { callSite } from './call-site.ts';
import { componentRuleProblems } from './component-rules.ts';
import { componentSchema } from './component-schema.ts';
import { DagError } from './dag-error.ts';
import { dagSchema } from './dag-schema.ts';
import type { DagDefinition } from './definition.ts';
import { asRecord, type Entry, placeOf, readEntry } from './entry.ts';
import { toProblems } from './expected.ts';
import { toComponent, toDag } from './freeze.ts';
import { graphProblems } from './graph-rules.ts';
import { groupProblems } from './group-rules.ts';
import { capturedDefinition } from './handle.ts';
import { quotaProblems } from './quota-rules.ts';

/**
 * Validates a DAG with all its components and freezes it. Throws a DagError that holds every problem, each with its
 * path, what was expected, what was got and the line it was written on.
 */
export function defineDag(definition: DagDefinition): Dag {
  const definedAt = callSite(defineDag);
  const written = asRecord(definition);
  const problems: Problem[] = [];
  const dag = dagSchema.safeParse(definition);
  if (!dag.success) problems.push(...toProblems(dag.error.issues, definition, dagPlace(definedAt())));
  const entries = readEntries(written.components, problems, definedAt);
  const components = entries.flatMap((entry) => parseComponent(entry, written, problems));
  problems.push(...graphProblems(entries), ...quotaProblems(entries));
  problems.push(...groupProblems(entries, written.groups, dagPlace(definedAt())));
  const sorted = orderNodes(components);
  if (problems.length > 0 || !dag.success || !sorted.ok) throw new DagError(nameOf(written.id), problems);
  return toDag(dag.data, sorted.order);
}

function readEntries(written: unknown, problems: Problem[], definedAt: () => string | undefined): Entry[] {
  return (Array.isArray(written) ? written : []).flatMap((member: unknown, index) => {
    const captured = capturedDefinition(member);
    if (captured) return [readEntry(captured, index)];
    const place = dagPlace(definedAt(), `components[${index}]`);
    problems.push({ ...place, expected: 'a component made by component()', got: showValue(member) });
    return [];
  });
}

function parseComponent(entry: Entry, dag: Readonly<Record<string, unknown>>, problems: Problem[]): Component[] {
  const { definition } = entry.captured;
  const parsed = componentSchema.safeParse(definition);
  if (!parsed.success) problems.push(...toProblems(parsed.error.issues, definition, placeOf(entry)));
  problems.push(...componentRuleProblems(entry, dag));
  return parsed.success ? [toComponent(parsed.data, entry.upstreams)] : [];
}

function dagPlace(where: string | undefined, path = '') {
  return { path, ...(where !== undefined && { where }) };
}

function nameOf(id: unknown): string {
  return typeof id === 'string' && id !== '' ? `DAG \`${id}\`` : 'The DAG';
}

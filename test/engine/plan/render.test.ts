import { component, type Dag, defineDag, optional } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { graphFormats, renderGraph } from '../../../engine/plan/render/graph.ts';

const run = async () => 1;
const schedule = component({ id: 'gtfs-schedule', run });
const discovery = component({ id: 'discovery', enabled: false, run });
const monthly = component({ id: 'monthly', dependsOn: { schedule, discovery: optional(discovery) }, run });
const dag = defineDag({ id: 'transit', components: [schedule, discovery, monthly] });

describe('renderGraph', () => {
  test('mermaid', () => {
    expect(renderGraph(dag, 'mermaid')).toBe(
      [
        'flowchart LR',
        '  c0["gtfs-schedule"]',
        '  c1["discovery"]:::disabled',
        '  c2["monthly"]',
        '  c0 --> c2',
        '  c1 -.-> c2',
        '  classDef disabled stroke-dasharray: 4 4',
        '',
      ].join('\n'),
    );
  });

  test('dot', () => {
    expect(renderGraph(dag, 'dot')).toBe(
      [
        'digraph "transit" {',
        '  rankdir=LR;',
        '  node [shape=box];',
        '  "gtfs-schedule";',
        '  "discovery" [style=dashed];',
        '  "monthly";',
        '  "gtfs-schedule" -> "monthly";',
        '  "discovery" -> "monthly" [style=dotted];',
        '}',
        '',
      ].join('\n'),
    );
  });

  test('ascii', () => {
    expect(renderGraph(dag, 'ascii')).toBe(
      [
        'transit',
        '1  gtfs-schedule',
        '   discovery     (disabled)',
        '2  monthly       <- gtfs-schedule, discovery?',
        '',
      ].join('\n'),
    );
  });

  test('an id that is no id cannot break out of its place', () => {
    const only = { ...(dag.components[0] as Dag['components'][number]), id: 'x"]\n<b>#;\\' };
    const forged = { ...dag, components: [only] };
    expect(renderGraph(forged, 'mermaid')).toContain('  c0["x#quot;] #lt;b>#35;;\\"]\n');
    expect(renderGraph(forged, 'dot')).toContain('  "x\\"] <b>#;\\\\";\n');
    expect(graphFormats).toEqual(['mermaid', 'dot', 'ascii']);
  });
});

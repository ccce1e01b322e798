import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { crowdedFaults } from '../chaos/hostile/crowded-faults.ts';
import type { Ending, Fault } from '../chaos/hostile/fault.ts';
import { faultsByPlace } from '../chaos/hostile/faults.ts';
import { memoryBoundBytes } from '../chaos/hostile/memory-bound.ts';

const page = readFileSync(new URL('../../docs/hostile-sources.md', import.meta.url), 'utf8');

const sections = {
  ...faultsByPlace,
  'What the body holds': [...(faultsByPlace['What the body holds'] ?? []), ...crowdedFaults],
};

/** The table that a section has to have. */
function tableOf(faults: readonly Fault[]): string {
  const head = ['| what comes | who is asked | how it ends |', '|---|---|---|'];
  return [...head, ...faults.map(rowOf)].join('\n');
}

function rowOf({ sends, clients, ends, but = {} }: Fault): string {
  const others = Object.entries(but).map(([client, ending]) => `${client}: ${wordsOf(ending)}`);
  const cells = [sends, clients?.join(', ') ?? 'all', [wordsOf(ends), ...others].join('; ')];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function wordsOf({ as, says }: Ending): string {
  return says === undefined || says === 'expected' ? `**${as}**` : `**${as}**: … ${says} …`;
}

describe('docs/hostile-sources.md', () => {
  it.each(Object.entries(sections))('lists what the tests play: %s', (title, faults) => {
    expect(page).toContain(`## ${title}\n\n${tableOf(faults)}\n`);
  });

  it('states the bound that memory is held to', () => {
    expect(page).toContain(`at most ${memoryBoundBytes / 2 ** 30} GiB`);
  });
});

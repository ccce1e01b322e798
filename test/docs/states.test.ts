import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkNames, skipReasons } from '../../engine/model/decision.ts';
import { failureClasses } from '../../engine/model/failure.ts';
import { attemptStatuses, componentRunMoves, componentRunStatuses, runStatuses } from '../../engine/model/status.ts';

const page = readFileSync(new URL('../../docs/states.md', import.meta.url), 'utf8');

/** Text between one `## heading` and the next. */
function section(heading: string): string {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (text === undefined) throw new Error(`docs/states.md has no section ${heading}`);
  return text;
}

/** First cells of the section's table that are code. */
function tableOf(heading: string): string[] {
  return [...section(heading).matchAll(/^\| `(\w+)`/gm)].map((match) => match[1] as string);
}

describe('docs/states.md', () => {
  it.each([
    ['Run', runStatuses],
    ['Component run', componentRunStatuses],
    ['Attempt', attemptStatuses],
    ['Failure classes', failureClasses],
    ['Decisions', checkNames],
  ])('lists exactly the words of the model: %s', (heading, words) => {
    expect(tableOf(heading).toSorted()).toEqual([...words].toSorted());
  });

  it('draws exactly the legal moves of a component run', () => {
    const drawn = [...section('Component run').matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(
      ([, from, to]) => `${from} ${to}`,
    );
    const legal = Object.entries(componentRunMoves).flatMap(([to, froms]) => froms.map((from) => `${from} ${to}`));
    expect(drawn.toSorted()).toEqual(legal.toSorted());
  });

  it('names every reason to skip', () => {
    for (const reason of skipReasons) expect(section('Component run')).toContain(reason);
  });
});

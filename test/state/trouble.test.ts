import { beforeEach, describe, expect, it } from 'vitest';
import { Trouble } from '../../state/trouble.ts';

const refused = new Error('connect ECONNREFUSED 10.0.0.7:5432');
const late = new Error('timeout expired');
const doing = 'record what happened';

let nowMs: number;
let lines: string[];
let trouble: Trouble;

beforeEach(() => {
  nowMs = 0;
  lines = [];
  const tell = (line: string) => lines.push(line);
  trouble = new Trouble({ place: 'db:5432/base', everyMs: 30_000, tell, nowMs: () => nowMs });
});

describe('what is said of a database that is away', () => {
  it('is one line for each cause in 30 s, and one when it is back', () => {
    for (let tries = 1; nowMs <= 60_000; tries += 1, nowMs += 1_000)
      trouble.away(refused, doing, { tries, sinceMs: 0 });
    trouble.away(late, doing, { tries: 62, sinceMs: 0 });
    trouble.back();
    const away = (since: string, { message }: Error) =>
      `the database at db:5432/base has been away for ${since}, waiting for it to record what happened; what runs goes on. ` +
      `It said: ${message}`;
    expect(lines).toEqual([
      away('1.0s', refused),
      away('31.0s', refused),
      away('1m 01s', late),
      'the database at db:5432/base is back after 1m 01s',
    ]);
  });

  it('is nothing when the next try mends it', () => {
    trouble.away(refused, doing, { tries: 1, sinceMs: 0 });
    trouble.back();
    expect(lines).toEqual([]);
  });

  it('is a line at once when the first try took long to fail', () => {
    nowMs = 25_000;
    trouble.away(late, doing, { tries: 1, sinceMs: 0 });
    expect(lines).toEqual([expect.stringContaining('has been away for 25.0s')]);
  });

  it('is no flood when it comes and goes', () => {
    for (let time = 0; time < 20; time += 1, nowMs += 1_000) {
      trouble.away(refused, doing, { tries: 2, sinceMs: nowMs });
      trouble.back();
    }
    expect(lines).toHaveLength(2);
  });
});

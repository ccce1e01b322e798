import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diskHintOf } from '../../engine/model/disk-failure.ts';
import { deadlines } from '../../state/deadlines.ts';

const page = readFileSync(new URL('../../docs/trouble.md', import.meta.url), 'utf8');

describe('the page about trouble', () => {
  it('names refusals for which there is a hint', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `E'));
    const codes = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, code]) => code ?? ''),
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => diskHintOf(code) === undefined)).toEqual([]);
  });

  it.each([
    ['a connection', deadlines.connectMs],
    ['a statement that records', deadlines.writeMs],
    ['a question of people', deadlines.readMs],
    ['the end of a connection', deadlines.endMs],
  ])('gives the deadline of %s', (what, ms) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${what}`));
    expect(row).toContain(`| ${ms / 1_000} s`);
  });

  it('says for how long is waited without a run, and after the end', () => {
    const text = page.replaceAll('\n', ' ');
    expect(text).toContain(
      `it waits for ${deadlines.retryMs / 1_000} s more, and for ${deadlines.closeMs / 1_000} s once`,
    );
    expect(text).toContain(`for each cause every ${deadlines.tellMs / 1_000} s`);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = new URL('../../docs/reliability.md', import.meta.url);

it('docs/reliability.md names tests that are there, at least one for each promise', () => {
  const rows = readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| promise'));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const tests = [...row.matchAll(/\]\((\.\.\/test\/[^)]+\.test\.ts)\)/g)].map(([, path]) => path as string);
    expect(tests.length, row).toBeGreaterThan(0);
    for (const path of tests) expect(existsSync(new URL(path, page)), path).toBe(true);
  }
});

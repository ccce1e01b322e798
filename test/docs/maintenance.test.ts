import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { invariants } from '../../state/invariants/database.ts';

const page = readFileSync(new URL('../../docs/maintenance.md', import.meta.url), 'utf8');

it('docs/maintenance.md tells every invariant of the database with its rule', () => {
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (.*) \|$/gm)].map(([, name, rule]) => ({ name, rule }));
  expect(rows.slice(0, invariants.length)).toEqual(invariants.map(({ name, rule }) => ({ name, rule })));
});

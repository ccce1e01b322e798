import { expect, it } from 'vitest';
import { noPaint } from '../../../engine/report/paint.ts';
import { renderSummary } from '../../../engine/report/summary-text.ts';
import { dataset, ended, firstRun, runSummary, sameSource } from './events.ts';

it('tells how it went, each component and where the data are', () => {
  const components = [
    ended('stops', { datasets: [dataset(1_200)], decision: firstRun }),
    ended('trips', { status: 'unchanged', attempts: 0, decision: sameSource }),
  ];
  expect(renderSummary(runSummary(components), noPaint)).toBe(
    `transit in sandbox, generated data: success in 12.3s
1 success, 1 unchanged; 1,200 rows published; run 0190b0a0-0000-7000-8000-000000000001

component  status     time   rows  why
stops      success    4.2s  1,200  it has never succeeded
trips      unchanged               its source answered 304

outputs: /home/data/sandbox/curated (node engine data list --env sandbox)
`,
  );
});

it('tells each failure with its message, what to do and the tries it had', () => {
  const failure = { class: 'source', message: 'expected a zip, got HTML', hint: 'Look at the address.' } as const;
  const text = renderSummary(
    runSummary([ended('stops', { status: 'failed', reason: 'source', attempts: 3, failure })], { status: 'failed' }),
    noPaint,
  );
  expect(text).toContain('sandbox, generated data: failed in 12.3s\n1 failed; 0 rows published');
  expect(text).toContain('stops failed after 3 attempts: expected a zip, got HTML\n  Look at the address.\n');
  expect(text).not.toContain('outputs:');
});

it('tells warnings and what was put aside, with the file', () => {
  const warnings = [{ code: 'short_rows', message: '13 short rows filled with null (lines 4, 9, …)' }];
  const quarantine = { records: 2, first: [], file: 'quarantine/transit/stops/1.ndjson' };
  const text = renderSummary(runSummary([ended('stops', { warnings, quarantine })]), noPaint);
  expect(text).toContain('stops warning: 13 short rows filled with null (lines 4, 9, …)\n');
  expect(text).toContain('stops quarantine: 2 records in /home/data/sandbox/quarantine/transit/stops/1.ndjson\n');
});

it.each([
  [{ stops: 'files' }, 'transit in sandbox, stops from files: success'],
  [{ stops: 'files', trips: 'generated' }, 'transit in sandbox, stops from files, trips generated data: success'],
  [{ stops: 'generated', trips: 'generated' }, 'transit in sandbox, generated data: success'],
] as const)('says of the sources %j: %s', (sandbox, heading) => {
  expect(renderSummary(runSummary([ended('stops')], { sandbox }), noPaint)).toContain(heading);
});

it('names the run that is in the way', () => {
  const busy = runSummary([ended('stops', { status: 'cancelled', attempts: 0, reason: 'cancelled' })], {
    status: 'cancelled',
    reason: 'busy',
    heldBy: { stops: 'run-0' },
  });
  const text = renderSummary(busy, noPaint);
  expect(text).toContain('cancelled (busy) in 12.3s');
  expect(text).toContain('stops: held by run run-0\n');
  expect(text).toMatch(/^stops +cancelled +held by run run-0$/m);
});

it.each(['failed', 'timed_out', 'upstream_failed'] as const)(
  'shows the message in the row of what is %s, its first line and cut, not why it ran',
  (status) => {
    const failure = { class: 'source', message: `expected a zip, got ${'x'.repeat(90)}\nand more` } as const;
    const text = renderSummary(runSummary([ended('stops', { status, decision: firstRun, failure })]), noPaint);
    expect(text).toMatch(/^stops .* expected a zip, got x{51}…$/m);
    expect(text).not.toContain('it has never succeeded');
  },
);

it('counts components, where there are too many to list, and still tells every failure', () => {
  const many = Array.from({ length: 200 }, (_, index) => ended(`component-${index}`));
  const failure = { class: 'error', message: 'it threw' } as const;
  const summary = runSummary([...many, ended('broken', { status: 'failed', failure })], { status: 'failed' });
  const text = renderSummary(summary, noPaint);
  expect(text.split('\n').length).toBeLessThan(10);
  expect(text).toContain('200 success, 1 failed');
  expect(text).toContain('node engine history --run 0190b0a0-0000-7000-8000-000000000001');
  expect(text).toContain('broken failed: it threw');
});

it('does not let a message move the cursor', () => {
  const failure = { class: 'error', message: 'gone\u001b[2J', hint: 'see \u0007' } as const;
  const text = renderSummary(runSummary([ended('stops', { status: 'failed', failure })]), noPaint);
  expect(text).toContain('gone\uFFFD[2J');
  expect(text).toContain('see \uFFFD');
});

it('names the line that threw, past the packages it threw in', () => {
  const stack = [
    'TypeError: x is not a function',
    '    at parse (/project/node_modules/csv-parse/lib/index.js:3:1)',
    '    at Object.run (/project/dags/a.ts:12:5)',
  ].join('\n');
  const failure = { class: 'error', message: 'x is not a function', stack } as const;
  const text = renderSummary(runSummary([ended('stops', { status: 'failed', failure })]), noPaint);
  expect(text).toContain('stops failed: x is not a function\n  at Object.run (/project/dags/a.ts:12:5)\n');
});

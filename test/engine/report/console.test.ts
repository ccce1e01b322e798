import { describe, expect, it } from 'vitest';
import { createLineReporter, eventLine } from '../../../engine/report/console-lines.ts';
import { createLiveReporter, type LiveOptions } from '../../../engine/report/console-live.ts';
import { ansiPaint, noPaint } from '../../../engine/report/paint.ts';
import {
  at,
  attemptFinished,
  attemptStarted,
  componentFinished,
  dataset,
  logged,
  progressed,
  runStarted,
  sameSource,
} from './events.ts';

const plain = { paint: noPaint, verbose: false };
const base = { at: at(1), runId: 'r1', component: 'stops' };

it.each([
  [runStarted(['stops']), 'transit runs in sandbox, run 0190b0a0-0000-7000-8000-000000000001'],
  [{ type: 'component_waiting', ...base, heldBy: 'r0' }, 'stops waits for run r0'],
  [{ type: 'component_probing', ...base }, undefined],
  [attemptStarted('stops'), 'stops started: it has never succeeded'],
  [attemptStarted('stops', { attempt: 2 }), 'stops started attempt 2'],
  [progressed('stops', { done: 1, unit: 'rows' }), undefined],
  [logged('stops', { level: 'debug' }), undefined],
  [logged('stops', { level: 'warn', message: 'short\u001b[2J rows' }), 'stops warns: short\uFFFD[2J rows'],
  [logged('stops', { level: 'error', message: 'no luck' }), 'stops reports: no luck'],
  [attemptFinished('stops', { status: 'success' }), undefined],
  [
    attemptFinished('stops', { retryInMs: 5_000, failure: { class: 'infra', message: 'connection reset' } }),
    'stops tries again in 5.0s; attempt 1 failed: connection reset',
  ],
  [componentFinished('stops', { datasets: [dataset(7)] }), 'stops succeeded 4.2s, 7 rows in 1 dataset'],
  [
    componentFinished('stops', { status: 'unchanged', attempts: 0, decision: sameSource }),
    'stops unchanged: its source answered 304',
  ],
  [{ type: 'run_finished', at: at(9), runId: 'r1', status: 'success', durationMs: 1, counts: {} }, undefined],
] as const)('an event %j is the line %j', (event, line) => {
  expect(eventLine(event, plain)).toBe(line);
});

it('what components log below a warning is shown when it is asked for', () => {
  const written: string[] = [];
  const reporter = createLineReporter((text) => written.push(text), { paint: ansiPaint, verbose: true });
  reporter.hear(logged('stops', { message: 'read page 3' }));
  expect(written).toEqual(['stops says: \u001b[2mread page 3\u001b[0m\n']);
});

/** A terminal of some size, as far as this reporter uses one: what stands on it after everything that was written. */
function screen(columns: number, rows: number) {
  let lines: string[] = [''];
  let row = 0;
  let writes = 0;
  const write = (text: string) => {
    writes += 1;
    for (const [token] of text.replaceAll('\u001b', '␛').matchAll(/␛\[\d*[AJK]|\n|\r|[^␛\n\r]+/g)) {
      const up = /^␛\[(\d+)A$/.exec(token);
      if (up) row -= Number(up[1]);
      else if (token === '␛[J') lines = lines.slice(0, row);
      else if (token === '\n') row += 1;
      else if (token !== '\r' && token !== '␛[K') lines[row] = token;
    }
  };
  let now = at(0);
  const options: LiveOptions = { ...plain, write, columns: () => columns, rows: () => rows, now: () => now };
  return {
    reporter: createLiveReporter(options),
    shown: () => lines.slice(0, row),
    writes: () => writes,
    tick: (second: number) => {
      now = at(second);
    },
  };
}

describe('a terminal that is redrawn', () => {
  it('keeps ends as lines and shows what is at work below them', () => {
    const { reporter, shown, tick } = screen(100, 24);
    reporter.hear(runStarted(['stops', 'gtfs-schedule', 'late']));
    reporter.hear(attemptStarted('stops'));
    reporter.hear(attemptStarted('gtfs-schedule', { pid: 4242 }));
    reporter.hear(progressed('gtfs-schedule', { done: 1_200, total: 4_800, unit: 'rows' }));
    tick(3);
    reporter.redraw();
    expect(shown()).toEqual([
      'transit runs in sandbox, run 0190b0a0-0000-7000-8000-000000000001',
      '  stops          running 3.0s, place 1',
      '  gtfs-schedule  running 3.0s, 1,200 of 4,800 rows (25%), place 2, process 4242',
      '0 of 3 done, 2 at work, 3.0s',
    ]);
    reporter.hear(componentFinished('stops'));
    reporter.hear(attemptStarted('late', { at: at(3) }));
    reporter.redraw();
    expect(shown().slice(1)).toEqual([
      'stops succeeded 4.2s',
      '  gtfs-schedule  running 3.0s, 1,200 of 4,800 rows (25%), place 2, process 4242',
      '  late           running 0.0s, place 1',
      '1 of 3 done, 2 at work, 3.0s',
    ]);
    reporter.close();
    expect(shown().slice(1)).toEqual(['stops succeeded 4.2s']);
  });

  it('tells waiting, asking and trying again apart', () => {
    const { reporter, shown, tick } = screen(100, 24);
    reporter.hear(runStarted(['a', 'b', 'c']));
    reporter.hear({ type: 'component_waiting', at: at(0), runId: 'r1', component: 'a', heldBy: 'r0' });
    reporter.hear({ type: 'component_probing', at: at(0), runId: 'r1', component: 'b' });
    reporter.hear(attemptFinished('c', { at: at(0), retryInMs: 5_000 }));
    tick(2);
    reporter.redraw();
    expect(shown().slice(2, -1)).toEqual([
      '  a  waits for run r0 2.0s',
      '  b  asks its sources 2.0s',
      '  c  waits to try again 2.0s',
    ]);
  });

  it('cuts its lines to the columns and its area to the rows', () => {
    const { reporter, shown } = screen(20, 5);
    const components = Array.from({ length: 9 }, (_, index) => `component-${index}`);
    reporter.hear(runStarted(components));
    for (const component of components) reporter.hear(attemptStarted(component));
    reporter.redraw();
    const area = shown().slice(1);
    expect(area).toHaveLength(3);
    expect(area.every((line) => line.length <= 19)).toBe(true);
    expect(area.at(-1)).toBe('0 of 9 done, 9 at …');
  });

  it('keeps a line of somebody else above what is at work', () => {
    const { reporter, shown } = screen(80, 24);
    reporter.hear(runStarted(['stops']));
    reporter.hear(attemptStarted('stops'));
    reporter.note('SIGINT: stopping');
    expect(shown().slice(1)).toEqual([
      'SIGINT: stopping',
      '  stops  running 0.0s, place 1',
      '0 of 1 done, 1 at work, 0.0s',
    ]);
  });

  it('writes once for all that happened, and nothing when nothing has changed', () => {
    const { reporter, writes } = screen(80, 24);
    reporter.hear(runStarted(['stops']));
    reporter.hear(attemptStarted('stops'));
    reporter.redraw();
    reporter.redraw();
    expect(writes()).toBe(1);
  });

  it('loses no line when it is closed', () => {
    const { reporter, shown } = screen(80, 24);
    reporter.hear(runStarted(['stops']));
    reporter.hear(componentFinished('stops'));
    reporter.close();
    expect(shown().slice(1)).toEqual(['stops succeeded 4.2s']);
  });

  it.each([
    [0, 0],
    [0, 24],
    [1, 24],
    [80, 2],
  ])('draws no area on %i columns and %i rows', (columns, rows) => {
    const { reporter, shown } = screen(columns, rows);
    reporter.hear(runStarted(['stops']));
    reporter.hear(attemptStarted('stops'));
    reporter.redraw();
    expect(shown()).toEqual(['transit runs in sandbox, run 0190b0a0-0000-7000-8000-000000000001']);
  });
});

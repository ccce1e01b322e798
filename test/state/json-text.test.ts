import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from '../../state/json-text.ts';
import { finishOf, makeClaimed, startOf, successOf, useScenario } from './scenario.ts';

const scenario = useScenario();

describe('toJsonText', () => {
  it.each([
    ['a NUL', 'a\u0000b', 'a\u2400b'],
    ['a high surrogate alone', 'a\ud800b', 'a\ufffdb'],
    ['a low surrogate alone', 'a\udfffb', 'a\ufffdb'],
    ['a pair', '😀', '😀'],
    ['the text of an escape', '\\u0000', '\\u0000'],
    ['a backslash before a NUL', '\\\u0000', '\\\u2400'],
    ['other controls', '\u0001\u001f\n', '\u0001\u001f\n'],
  ])('keeps or shows %s', (_, text, expected) => {
    expect(JSON.parse(toJsonText({ [text]: [text] }))).toEqual({ [expected]: [expected] });
  });

  it('makes any string one that PostgreSQL keeps as it is', async () => {
    const anyText = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units));
    const [result] = await scenario().state.sql('select 1');
    expect(result?.rows).toEqual([[1]]);
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const json = toJsonText({ text });
        const { rows } = await scenario()
          .state.database.selectNoFrom(({ cast, val }) => cast<unknown>(val(json), 'jsonb').as('kept'))
          .execute()
          .then((kept) => ({ rows: kept }));
        expect(rows).toEqual([{ kept: JSON.parse(json) }]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('what components and sources say', () => {
  it('is recorded whatever it holds, with the refused characters made visible', async () => {
    const { state, owner } = scenario();
    const claimed = await makeClaimed(scenario());
    const start = startOf(claimed, owner);
    const warnings = [{ code: 'odd', message: 'row\u0000 7\ud800' }];
    const success = successOf({ output: { name: 'caf\u0000é\udc00' } });
    const answers = [state.runs.startAttempt(start), state.runs.finishAttempt(finishOf(start, { warnings, success }))];
    expect(await Promise.all(answers)).toEqual([true, true]);
    const run = await state.history.run(claimed.run.id);
    expect(run?.components[0]).toMatchObject({
      output: { name: 'caf\u2400é\ufffd' },
      attempts: [{ warnings: [{ code: 'odd', message: 'row\u2400 7\ufffd' }] }],
    });
  });
});

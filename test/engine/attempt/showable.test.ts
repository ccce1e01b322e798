import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../engine/attempt/failure-of.ts';
import { sourceFailure } from '../../../engine/model/failure.ts';

describe('what a source says is wrong', () => {
  it('is cut short, in message, hint and details', () => {
    const long = 'x'.repeat(1_000_000);
    const failure = failureOf(sourceFailure(long, { hint: long, details: { type: long, status: 500 } }));
    const cut = `${'x'.repeat(4_000)}… (996000 more characters)`;
    expect(failure).toEqual({ class: 'source', message: cut, hint: cut, details: { type: cut, status: 500 } });
  });

  it('is cut short where details are many rather than long', () => {
    const details = { rows: Array.from({ length: 50_000 }, (_, index) => index) };
    const { details: kept } = failureOf(sourceFailure('too many', { details }));
    expect(JSON.stringify(kept).length).toBeLessThan(5_000);
    expect(kept?.cut).toMatch(/^{"rows":\[0,1,2,/);
  });

  it('rewrites no terminal: control characters are made visible, but tabs and ends of lines stay', () => {
    const { message, details } = failureOf(
      sourceFailure('a\u001b]0;owned\u0007\tb\nc\r\u009b2J\u0000', { details: { type: '\u001b[2J' } }),
    );
    expect(message).toBe('a\ufffd]0;owned\ufffd\tb\nc\ufffd\ufffd2J\ufffd');
    expect(details).toEqual({ type: '\ufffd[2J' });
  });
});

import { describe, expect, test } from 'vitest';
import { failureOf } from '../../../engine/attempt/failure-of.ts';
import { FailureError, infraFailure, sourceFailure } from '../../../engine/model/failure.ts';

function withCode(message: string, code: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { code });
}

describe('what is thrown on purpose', () => {
  test('is taken as it is', () => {
    const extras = { hint: 'ask for another key', details: { status: 403 }, retryable: false };
    expect(failureOf(sourceFailure('refused', extras))).toEqual({ class: 'source', message: 'refused', ...extras });
    expect(failureOf(infraFailure('no room', { retryAfterMs: 10 }))).toMatchObject({
      class: 'infra',
      retryAfterMs: 10,
    });
  });

  test('is known by its shape when it comes from another copy of the engine', () => {
    const foreign = Object.assign(new Error('refused'), {
      name: 'FailureError',
      failure: { class: 'source', message: 'refused', hint: 'wait' },
    });
    expect(failureOf(foreign)).toEqual({ class: 'source', message: 'refused', hint: 'wait' });
  });

  test.each([undefined, 'refused', { class: 'bad luck', message: 'x' }, { class: 'source' }])(
    'is not taken for one of ours when its failure is %j',
    (failure) => {
      const stranger = Object.assign(new Error('strange'), { name: 'FailureError', failure });
      expect(failureOf(stranger)).toMatchObject({ class: 'error', message: 'strange' });
    },
  );

  test('loses details that cannot be stored, and nothing else', () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const details of [circular, { rows: 1n }]) {
      const thrown = new FailureError({ class: 'source', message: 'odd', hint: 'look', details: details as never });
      expect(failureOf(thrown)).toEqual({ class: 'source', message: 'odd', hint: 'look' });
    }
  });
});

describe('what is thrown by accident', () => {
  test('an Error is the component’s, with its stack and its causes', () => {
    const thrown = new TypeError('outer', { cause: new Error('middle', { cause: new Error('inner') }) });
    expect(failureOf(thrown)).toEqual({ class: 'error', message: 'outer: middle: inner', stack: thrown.stack });
  });

  test.each(['ENOSPC', 'ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EMFILE'])('%s is nobody’s fault', (code) => {
    expect(failureOf(withCode('system call', code))).toMatchObject({ class: 'infra', details: { code } });
  });

  test('a code counts as well when it stands in the cause, where fetch has it', () => {
    const thrown = new TypeError('fetch failed', { cause: withCode('connect', 'ECONNREFUSED') });
    expect(failureOf(thrown)).toMatchObject({ class: 'infra', message: 'fetch failed: connect' });
  });

  test('other codes are the component’s own', () => {
    expect(failureOf(withCode('no such file', 'ENOENT'))).toMatchObject({ class: 'error' });
  });

  test('causes that go in a circle end', () => {
    const thrown: Error & { cause?: unknown } = new Error('round');
    thrown.cause = thrown;
    expect(failureOf(thrown).message).toMatch(/^round(: round)+$/);
  });

  test.each([
    ['a text', 'threw "a text", which is no Error'],
    [undefined, 'threw undefined, which is no Error'],
    [null, 'threw null, which is no Error'],
    [{ code: 7 }, 'threw {"code":7}, which is no Error'],
    [10n, 'threw 10, which is no Error'],
  ])('%s is no Error', (thrown, message) => {
    expect(failureOf(thrown)).toEqual({ class: 'error', message });
  });

  test('an Error without a message is told by its name', () => {
    expect(failureOf(new AggregateError([new Error('one')]))).toMatchObject({ message: 'AggregateError' });
  });
});

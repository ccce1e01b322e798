import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../config/config-error.ts';
import { explainError } from '../../../engine/cli/explain-error.ts';
import { UsageError } from '../../../engine/cli/usage-error.ts';
import { EngineError } from '../../../engine/embed/engine-error.ts';
import { LoadError } from '../../../engine/load/load-error.ts';
import { infraFailure } from '../../../engine/model/failure.ts';
import { SandboxError } from '../../../engine/sandbox/sandbox-error.ts';
import { EmbeddedError } from '../../../state/embedded/embedded-error.ts';

const place = { file: '/dags/a.ts', line: 3, column: 7, hint: 'mend it' };

describe('what is expected to go wrong is one message with what to do, and no stack:', () => {
  it.each([
    [new UsageError('expected a, got b', 'Do c.'), 2, 'signalbox: expected a, got b\n  Do c.\n'],
    [new ConfigError('expected a, got b'), 2, 'signalbox: expected a, got b\n'],
    [new ConfigError('no key', { exitCode: 78, hint: 'Set it.' }), 78, 'signalbox: no key\n  Set it.\n'],
    [new EngineError('none is guessed', { exitCode: 78 }), 78, 'signalbox: none is guessed\n'],
    [new LoadError('it threw', place), 2, '/dags/a.ts:3:7\n  it threw\n  mend it\n'],
    [new SandboxError('unknown name\nExpected:\n  a/'), 2, 'signalbox: unknown name\nExpected:\n  a/\n'],
    [infraFailure('not reached', { hint: 'Look.' }), 1, 'signalbox: not reached\n  Look.\n'],
    [new EmbeddedError({ expected: 'a', got: 'b', hint: 'Do c.' }), 1, 'signalbox: expected a, got b. Do c.\n'],
    [
      Object.assign(new Error("EMFILE: too many open files, open '/x'"), { code: 'EMFILE' }),
      1,
      expect.stringMatching(/^signalbox: EMFILE: .* '\/x'\n {2}This process has too many files open: .*\n$/),
    ],
    [new UsageError('gone\u001b[2J'), 2, 'signalbox: gone\uFFFD[2J\n'],
  ])('%s', (error, exitCode, text) => {
    expect(explainError(error)).toEqual({ exitCode, text });
  });
});

describe('anything else is a bug of ours, with its stack:', () => {
  it.each([
    [new TypeError('x is not a function'), /^signalbox: Internal error: TypeError: x is not a function\n\s+at /],
    [new Error('Internal error: the plan is stuck'), /^signalbox: Error: Internal error: the plan is stuck\n\s+at /],
    ['a string', /^signalbox: Internal error: a string\n$/],
  ])('%s', (error, text) => {
    expect(explainError(error)).toEqual({ exitCode: 1, text: expect.stringMatching(text) });
  });
});

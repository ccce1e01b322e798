import { describe, expect, test } from 'vitest';
import { component, defineDag } from '../../../engine/api.ts';
import { checkSources } from '../../../engine/attempt/check-sources.ts';
import { FailureError } from '../../../engine/model/failure.ts';
import type { Source } from '../../../engine/model/source.ts';
import { rigComponent } from '../../harness/run-component.ts';

const good = { kind: 'http', id: 'list', request: { url: 'https://example.org/list?key=secret' } };

function refusal(sources: unknown): string {
  try {
    checkSources(sources as readonly Source[]);
  } catch (thrown) {
    if (thrown instanceof FailureError && thrown.failure.retryable === false) return thrown.failure.message;
    throw thrown;
  }
  return 'taken';
}

describe('checkSources', () => {
  test.each([
    ['nothing wrong', [good], 'taken'],
    ['no list', undefined, /`sources` to be a function that returns a list of sources, got nothing/],
    [
      'a misspelt request',
      [{ ...good, request: undefined, requst: good.request }],
      /`sources\[0\]\.requst`.*did you mean `request`/,
    ],
    [
      'an unknown kind',
      [{ ...good, kind: 'htp' }],
      /`sources\[0\]\.kind` to be one of http, file, .*, got `htp`; did you mean `http`\?/,
    ],
    ['no id', [{ ...good, id: '' }], /`sources\[0\]\.id` to be a logical id, got an empty string/],
    ['no address', [{ ...good, request: {} }], /`sources\[0\]\.request\.url` to be an absolute address, got nothing/],
    [
      'a misspelt header',
      [{ ...good, request: { ...good.request, header: {} } }],
      /request\.header`.*did you mean `headers`/,
    ],
    [
      'a misspelt path',
      [{ kind: 'file', id: 'a', pth: 'a.csv' }],
      /`sources\[0\]\.pth`.*did you mean `path`\?.*\.path` to be the path of a file/,
    ],
    [
      'a pattern that climbs',
      [{ kind: 'glob', id: 'a', root: 'data', pattern: '../*' }],
      /\.pattern` to be a pattern relative to `root`.*got `\.\.\/\*`/,
    ],
    [
      'a portal without a package',
      [{ kind: 'ckan', id: 'a', url: 'https://example.org', resource: 'r' }],
      /\.package` to be the name of a package/,
    ],
    [
      'a count that points nowhere',
      [{ ...good, kind: 'recordCount', count: 'total' }],
      /\.count` to be a JSON pointer such as \/total, or a function, got `total`/,
    ],
    [
      'content that asks nothing',
      [{ ...good, kind: 'recordCount', count: '/a', content: { reqest: {} } }],
      /content\.reqest`.*did you mean `request`/,
    ],
    [
      'a query without a database',
      [{ kind: 'sql', id: 'a', watermark: 'select 1' }],
      /\.secret` to be the name of a declared secret/,
    ],
    ['a probe that is none', [{ kind: 'custom', id: 'a', probe: 1 }], /\.probe` to be a function, got `1` \(number\)/],
    ['an audit now and then', [{ ...good, auditEvery: 0.5 }], /\.auditEvery` to be a whole number, 0 for never/],
    ['one id twice', [good, good], /`sources` to be ids that differ, got `list` twice/],
  ])('%s', (_name, sources, message) => {
    expect(refusal(sources)).toMatch(message);
  });

  test('an address that is none is not repeated: it may carry a key', () => {
    expect(refusal([{ ...good, request: { url: 'example.org/?key=secret' } }])).not.toContain('secret');
  });
});

test('a source that asks nothing fails its component instead of counting as changed', async () => {
  const typo = component({
    id: 'typo',
    sources: () => [{ kind: 'http', id: 'list', requst: { url: 'https://example.org' } } as never],
    run: async () => null,
  });
  const rig = rigComponent(defineDag({ id: 'typos', components: [typo] }), 'typo');
  expect(await rig.attempt()).toMatchObject({ status: 'failed', failure: { class: 'error', retryable: false } });
  expect(await rig.probe()).toMatchObject({ known: false });
});

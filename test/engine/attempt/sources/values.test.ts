import { describe, expect, test } from 'vitest';
import { customProber } from '../../../../engine/attempt/sources/custom.ts';
import { atPointer } from '../../../../engine/attempt/sources/json-pointer.ts';
import { recordCountProber } from '../../../../engine/attempt/sources/record-count.ts';
import type { Json } from '../../../../engine/model/json.ts';
import type { RecordCountSource } from '../../../../engine/model/source.ts';
import { localOrigin } from '../../../components/http/setup.ts';
import type { Origin } from '../../../harness/origin.ts';
import { failureOf, openPlace, watch } from './asking.ts';

const paths = ({ requests }: Origin) => requests.map(({ path }) => path);
const networkOf = ({ host, port }: Origin) => ({ network: { kind: 'only', host, port } as const });

describe('a count of records', () => {
  async function counted(rest: Partial<RecordCountSource> = {}) {
    const origin = await localOrigin();
    const source: RecordCountSource = {
      kind: 'recordCount',
      id: 'trips',
      request: { url: `${origin.url}/count` },
      count: '/meta/total',
      ...rest,
    };
    const say = (total: unknown) => origin.route('/count', { body: JSON.stringify({ meta: { total } }) });
    return { origin, say, ...watch(recordCountProber, source, openPlace().folder, networkOf(origin)) };
  }

  test('that moves is a change, and one that does not is none', async () => {
    const { say, ask } = await counted();
    say(10);
    const first = await ask();
    expect(first).toMatchObject({ parts: [], evidence: { validator: 10 } });
    expect((await ask()).evidence.parts[0]).toEqual({ ...first.evidence.parts[0], notModified: true });
    say(11);
    const moved = await ask();
    expect(moved.evidence.parts[0]?.digest).not.toBe(first.evidence.parts[0]?.digest);
    expect(moved.evidence.parts[0]?.notModified).toBe(false);
  });

  test('is trusted until the records are read: an audit finds that they moved under the same count', async () => {
    const origin = await localOrigin();
    const source: RecordCountSource = {
      kind: 'recordCount',
      id: 'trips',
      request: { url: `${origin.url}/count` },
      count: (answer) => (answer as { total: number }).total,
      content: { request: { url: `${origin.url}/records` } },
    };
    const { ask } = watch(recordCountProber, source, openPlace().folder, networkOf(origin));
    origin.route('/count', { body: '{"total":2}' });
    origin.route('/records', { body: 'a,b' });
    const first = await ask();
    expect(first.parts).toHaveLength(1);
    expect((await ask()).parts).toEqual(first.parts);
    expect(paths(origin)).toEqual(['/count', '/records', '/count']);
    origin.route('/records', { body: 'a,x' });
    expect((await ask()).evidence.parts[0]).toMatchObject({
      notModified: true,
      digest: first.evidence.parts[0]?.digest,
    });
    expect((await ask('audit')).evidence).toMatchObject({ audited: true, proof: 'lied' });
  });

  test.each([['ten'], [null], [undefined]])('that is no number (%j) is a failure of the source', async (total) => {
    const { say, ask } = await counted();
    say(total);
    const failure = await failureOf(ask());
    expect(failure.message).toContain('source `trips`: expected a number of records at /meta/total, got');
  });
});

test.each([
  ['', { a: 1 }],
  ['/a', 1],
  ['/list/1', 'y'],
  ['/list/length', undefined],
  ['/x~1y/~0', 2],
  ['/absent/deep', undefined],
])('the JSON pointer %j (RFC 6901)', (pointer, found) => {
  const document = { a: 1, list: ['x', 'y'], 'x/y': { '~': 2 } };
  expect(atPointer(document, pointer)).toEqual(pointer === '' ? document : found);
});

describe('a function', () => {
  test('decides by its value, whatever the order of its keys', async () => {
    let value: Json = { version: 1, at: 'x' };
    const { ask } = watch(customProber, { kind: 'custom', id: 'feed', probe: async () => value }, openPlace().folder);
    const first = await ask();
    value = { at: 'x', version: 1 };
    expect((await ask()).evidence.parts[0]).toEqual({ ...first.evidence.parts[0], notModified: true });
    value = { at: 'x', version: 2 };
    expect((await ask()).evidence.parts[0]?.digest).not.toBe(first.evidence.parts[0]?.digest);
  });

  test('has its content read when its value moves, and by an audit', async () => {
    const world = { value: 1, content: 'a', reads: 0 };
    const read = async () => {
      world.reads += 1;
      return world.content;
    };
    const source = { kind: 'custom', id: 'feed', probe: async () => world.value, content: read } as const;
    const { ask } = watch(customProber, source, openPlace().folder);
    const { evidence } = await ask();
    await ask();
    expect(world.reads).toBe(1);
    world.value = 2;
    expect((await ask()).evidence).toMatchObject({ proof: 'flapping', parts: [{ digest: evidence.parts[0]?.digest }] });
    world.content = 'b';
    expect((await ask()).evidence.parts[0]?.notModified).toBe(true);
    expect((await ask('audit')).evidence).toMatchObject({ audited: true, proof: 'lied' });
    expect(world.reads).toBe(3);
  });

  test('may call through the guarded client', async () => {
    const origin = await localOrigin();
    origin.route('/version', { body: '"7"' });
    const probe = async ({ http }: { http: { json(request: { url: string }): Promise<{ body?: unknown }> } }) =>
      (await http.json({ url: `${origin.url}/version` })).body as Json;
    const { ask } = watch(customProber, { kind: 'custom', id: 'feed', probe }, openPlace().folder, networkOf(origin));
    expect((await ask()).evidence.validator).toBe('7');
  });

  test('that says nothing is a failure: nothing would be equal to anything', async () => {
    const probe = (async () => undefined) as unknown as () => Promise<Json>;
    const failure = await failureOf(
      watch(customProber, { kind: 'custom', id: 'feed', probe }, openPlace().folder).ask(),
    );
    expect(failure.message).toBe('source `feed`: expected `probe` to resolve to JSON, got undefined');
  });
});

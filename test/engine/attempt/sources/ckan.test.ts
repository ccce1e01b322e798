import { describe, expect, test } from 'vitest';
import { ckanProber } from '../../../../engine/attempt/sources/ckan.ts';
import type { CkanSource } from '../../../../engine/model/source.ts';
import { localOrigin } from '../../../components/http/setup.ts';
import { failureOf, openPlace, watch } from './asking.ts';

const api = '/api/3/action';
const rowsOf = (...values: readonly string[]) => values.map((value, index) => ({ _id: index + 1, value }));

/** A portal with one package of one resource. */
async function portal() {
  const origin = await localOrigin();
  const world = { modified: '2026-01-01T00:00:00.000000', rows: rowsOf('a', 'b'), resource: 'r-1' };
  const calls: string[] = [];
  const say = (result: unknown) => ({ body: JSON.stringify({ help: origin.url, success: true, result }) });
  origin.route(`${api}/package_show`, () => {
    calls.push('package');
    return say({ metadata_modified: world.modified, resources: [{ id: world.resource, last_modified: null }] });
  });
  origin.route(`${api}/datastore_search`, ({ query }) => {
    const limit = Number(query.get('limit'));
    calls.push(limit === 0 ? 'count' : 'rows');
    return say({
      fields: [{ id: '_id' }, { id: 'value' }],
      records: world.rows.slice(0, limit),
      total: world.rows.length,
    });
  });
  const source: CkanSource = {
    kind: 'ckan',
    id: 'rows',
    url: origin.url,
    package: 'patronage',
    resource: 'r-1',
    headers: { apikey: 'key' },
  };
  const network = { kind: 'only', host: origin.host, port: origin.port } as const;
  return { origin, world, calls, ...watch(ckanProber, source, openPlace().folder, { network }) };
}

describe('rows of a CKAN datastore', () => {
  test('are left alone while package and total stand still', async () => {
    const { origin, calls, ask } = await portal();
    const first = await ask();
    expect(calls.splice(0).toSorted()).toEqual(['count', 'package', 'rows']);
    const again = await ask();
    expect(calls.toSorted()).toEqual(['count', 'package']);
    expect(again.parts).toEqual(first.parts);
    expect(again.evidence.parts).toEqual(first.evidence.parts.map((part) => ({ ...part, notModified: true })));
    expect(again.evidence.validator).toMatchObject({ total: 2 });
    expect(origin.requests.every(({ headers }) => headers.apikey === 'key')).toBe(true);
  });

  test('are read when the package was edited, and are the same when only its description was', async () => {
    const { world, ask } = await portal();
    const first = await ask();
    world.modified = '2026-02-01T00:00:00.000000';
    const { evidence } = await ask();
    expect(evidence.proof).toBe('flapping');
    expect(evidence.parts[0]?.digest).toBe(first.evidence.parts[0]?.digest);
  });

  test('are read when there are more of them, though the package says nothing', async () => {
    const { world, ask } = await portal();
    const first = await ask();
    world.rows = rowsOf('a', 'b', 'c');
    expect((await ask()).evidence.parts[0]?.digest).not.toBe(first.evidence.parts[0]?.digest);
  });

  test('that moved in silence are found by an audit', async () => {
    const { world, ask } = await portal();
    await ask();
    world.rows = rowsOf('a', 'x');
    expect((await ask()).evidence.parts[0]?.notModified).toBe(true);
    expect((await ask('audit')).evidence).toMatchObject({ audited: true, proof: 'lied' });
  });

  test('of a resource that the package no longer holds are a failure of the source', async () => {
    const { world, ask } = await portal();
    world.resource = 'r-2';
    const failure = await failureOf(ask());
    expect(failure).toMatchObject({
      class: 'source',
      message: 'expected package patronage to hold resource r-1, got r-2',
    });
  });
});

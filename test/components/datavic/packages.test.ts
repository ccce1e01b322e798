import type { FailureError } from 'signalbox';
import { describe, expect, it } from 'vitest';
import { decodePackage, newestRelease } from '../../../components/datavic/packages.ts';

interface SentResource {
  readonly id: string;
  readonly format?: string;
  readonly datastore_active?: boolean | string;
  readonly created?: string | null;
  readonly last_modified?: string | null;
}

function packageOf(...resources: readonly SentResource[]) {
  const body = { help: 'http://host/help', success: true, result: { name: 'stations', resources } };
  return decodePackage(Buffer.from(JSON.stringify(body)), 'stations');
}

const csv = { format: 'CSV', datastore_active: true };

describe('newestRelease', () => {
  it.each<[what: string, resources: SentResource[], id: string]>([
    [
      'the one modified last, wherever it is listed',
      [
        { id: 'new', ...csv, created: '2025-10-01T00:00:00', last_modified: '2025-10-02T03:04:05.678901' },
        { id: 'old', ...csv, created: '2024-10-01T00:00:00', last_modified: '2024-10-02T00:00:00' },
      ],
      'new',
    ],
    [
      'by `created` where it was never modified',
      [
        { id: 'new', ...csv, created: '2025-10-01T00:00:00.000001', last_modified: null },
        { id: 'old', ...csv, created: '2024-10-01T00:00:00', last_modified: '2024-12-01T00:00:00' },
      ],
      'new',
    ],
    [
      'of equals the one made last',
      [
        { id: 'second', ...csv, created: '2025-02-01T00:00:00', last_modified: '2025-03-01T00:00:00' },
        { id: 'first', ...csv, created: '2025-01-01T00:00:00', last_modified: '2025-03-01T00:00:00' },
      ],
      'second',
    ],
    [
      'of resources without any date the one listed last',
      [
        { id: 'a', ...csv },
        { id: 'b', ...csv },
      ],
      'b',
    ],
    [
      'never one that is no CSV, or not in the datastore',
      [
        { id: 'sheet', format: 'XLSX', datastore_active: true, created: '2026-01-01T00:00:00' },
        { id: 'file', format: 'CSV', datastore_active: false, created: '2026-01-01T00:00:00' },
        { id: 'rows', format: '.csv', datastore_active: 'True', created: '2020-01-01' },
      ],
      'rows',
    ],
  ])('is %s', (_what, resources, id) => {
    expect(newestRelease(packageOf(...resources)).id).toBe(id);
  });

  it('fails as the source where there is none, naming what there is', () => {
    const found = packageOf(
      { id: 'sheet', format: 'XLSX', datastore_active: true },
      { id: 'file', ...csv, datastore_active: false },
    );
    expect(() => newestRelease(found)).toThrow(
      'expected package stations to hold a CSV resource in the datastore, got: sheet (XLSX), file (CSV)',
    );
  });
});

describe('decodePackage', () => {
  it('reads dates as the UTC they are and no dates as none', () => {
    const [first, second] = packageOf(
      { id: 'a', created: '2025-10-01T01:02:03.5', last_modified: '2025-10-02' },
      { id: 'b', created: 'yesterday', last_modified: '' },
    ).resources;
    expect(first).toMatchObject({ created: '2025-10-01T01:02:03.5Z', last_modified: '2025-10-02T00:00:00Z' });
    expect(second).toMatchObject({ created: null, last_modified: null });
  });

  it('fails as the source, for good, where the package is not found', () => {
    const body = { success: false, error: { __type: 'Not Found Error', message: 'Not found' } };
    try {
      decodePackage(Buffer.from(JSON.stringify(body)), 'stations');
      expect.unreachable();
    } catch (thrown) {
      expect((thrown as FailureError).failure).toMatchObject({
        class: 'source',
        message: "expected package stations, got CKAN's Not Found Error: Not found",
        retryable: false,
      });
    }
  });
});

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { datavicSandbox } from '../../../components/datavic/sandbox.ts';
import { type Sandbox, startSandbox } from '../../../components/sandbox/server.ts';

const annual = 'annual-metropolitan-train-station-patronage-station-entries';
const monthly = 'monthly-average-patronage-by-day-type-and-by-mode';

interface Resource {
  readonly id: string;
  readonly name: string;
  readonly format: string;
  readonly last_modified: string;
  readonly datastore_active: boolean;
}
interface Package {
  readonly name: string;
  readonly metadata_modified: string;
  readonly resources: readonly Resource[];
}
type Row = Readonly<Record<string, string | number>>;
interface Page {
  readonly limit: number;
  readonly total: number;
  readonly records: readonly Row[];
  readonly fields: readonly { id: string; type: string }[];
  readonly _links: Readonly<Record<string, string>>;
}

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.close()));
});

async function start(options: { date?: string; dataDirectory?: string } = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ parts: [datavicSandbox], seed: 1, date: '2026-11-20', ...options });
  open.push(sandbox);
  return sandbox;
}

async function ask(
  sandbox: Sandbox,
  request: string,
): Promise<{ status: number; body: { success: boolean; error?: unknown } }> {
  const answer = await fetch(`${sandbox.baseUrl('datavic')}/api/3/action/${request}`);
  return { status: answer.status, body: (await answer.json()) as { success: boolean } };
}

async function result<Result>(sandbox: Sandbox, request: string): Promise<Result> {
  const { body } = await ask(sandbox, request);
  return (body as unknown as { result: Result }).result;
}

const show = (sandbox: Sandbox, name: string) => result<Package>(sandbox, `package_show?id=${name}`);

/** Newest by last_modified of those that the datastore holds. */
function newest({ resources }: Package): Resource {
  const held = resources.filter((one) => one.datastore_active);
  const found = held.toSorted((left, right) => (left.last_modified < right.last_modified ? 1 : -1))[0];
  if (!found) throw new Error('no resource in the datastore');
  return found;
}

async function table(sandbox: Sandbox, name: string): Promise<readonly Row[]> {
  const { id } = newest(await show(sandbox, name));
  return (await result<Page>(sandbox, `datastore_search?resource_id=${id}&limit=32000`)).records;
}

const withoutId = (rows: readonly Row[]) => rows.map(({ _id, ...row }) => JSON.stringify(row));

async function directoryWith(files: Readonly<Record<string, string>>): Promise<string> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sandbox-datavic-'));
  await mkdir(join(dataDirectory, 'datavic'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(dataDirectory, 'datavic', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  return dataDirectory;
}

const idAndEdit = async (date: string) => {
  const shown = await show(await start({ date }), monthly);
  return [newest(shown).id, shown.metadata_modified];
};

describe('packages', () => {
  it('are shown by name and by id, and searched by words', async () => {
    const sandbox = await start();
    const shown = await show(sandbox, annual);
    expect(shown.name).toBe(annual);
    const found = await result<{ count: number; results: Package[] }>(sandbox, 'package_search?q=monthly+patronage');
    expect([found.count, found.results.map(({ name }) => name)]).toEqual([1, [monthly]]);
    const second = await result<{ count: number; results: Package[] }>(sandbox, 'package_search?rows=1&start=1');
    expect([second.count, second.results.map(({ name }) => name)]).toEqual([2, [monthly]]);
  });

  it.each([annual, monthly])('list old releases and downloads beside the newest: %s', async (name) => {
    const { resources } = await show(await start(), name);
    const held = resources.filter((one) => one.datastore_active);
    expect(held.length).toBeGreaterThan(1);
    const last = resources.toSorted((left, right) => (left.last_modified < right.last_modified ? 1 : -1))[0];
    expect([last?.format === 'CSV', last?.datastore_active]).toEqual([false, false]);
    expect(resources.indexOf(newest({ name, metadata_modified: '', resources }))).toBeGreaterThan(0);
  });

  it('have another resource id in the next release, and another edit date in between', async () => {
    const [friday, monday, nextMonth] = [
      await idAndEdit('2026-11-20'),
      await idAndEdit('2026-11-23'),
      await idAndEdit('2026-12-20'),
    ];
    expect(monday[0]).toBe(friday[0]);
    expect(monday[1]).not.toBe(friday[1]);
    expect(nextMonth[0]).not.toBe(friday[0]);
  });
});

const annualOn = async (date: string) => withoutId(await table(await start({ date }), annual));

describe('tables', () => {
  it('annual: 222 stations, 16 columns, counts rounded to 50', async () => {
    const rows = await table(await start(), annual);
    expect(rows).toHaveLength(222);
    expect(Object.keys(rows[0] ?? {})).toHaveLength(17);
    for (const row of rows) {
      expect(row.Fin_year).toBe('FY25-26');
      const counts = Object.entries(row).filter(([name]) => name.startsWith('Pax_'));
      expect(counts.every(([, count]) => Number(count) % 50 === 0 && Number(count) > 0)).toBe(true);
    }
    expect(new Set(rows.map((row) => row.Stop_ID)).size).toBe(222);
  });

  it('monthly: more than 3,800 rows, unique on the first six columns, growing only at the end', async () => {
    const before = withoutId(await table(await start({ date: '2026-11-19' }), monthly));
    const after = withoutId(await table(await start({ date: '2026-11-20' }), monthly));
    expect(before.length).toBeGreaterThan(3_800);
    expect(after.length).toBeGreaterThan(before.length);
    expect(after.slice(0, before.length)).toEqual(before);
    const keys = after.map((row) => row.replace(/,"Pax_daily".*/, ''));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are equal on days without a release', async () => {
    expect(await annualOn('2026-11-21')).toEqual(await annualOn('2026-11-20'));
  });
});

describe('datastore_search', () => {
  it('gives 100 rows unless told, all text, with _id and links', async () => {
    const sandbox = await start();
    const { id } = newest(await show(sandbox, monthly));
    const page = await result<Page>(sandbox, `datastore_search?resource_id=${id}`);
    expect([page.limit, page.records.length]).toEqual([100, 100]);
    expect(page.records[0]).toMatchObject({ _id: 1 });
    expect(page.fields.map(({ type }) => type)).toEqual(['int', ...Array.from({ length: 7 }, () => 'text')]);
    const { _links: links } = page;
    const followed = await fetch(new URL(links.next ?? '', sandbox.baseUrl('datavic')));
    const next = ((await followed.json()) as { result: Page }).result;
    expect(next).toMatchObject({
      records: expect.arrayContaining([expect.objectContaining({ _id: 101 })]),
      _links: { prev: links.start },
    });
  });

  it('caps the limit at 32,000 without a word and echoes it; total says where the end is', async () => {
    const lines = Array.from({ length: 32_010 }, (_, index) => `${index},x`);
    const dataDirectory = await directoryWith({ 'big/big.csv': `n,text\n${lines.join('\n')}\n` });
    const sandbox = await start({ dataDirectory });
    const { id } = newest(await show(sandbox, 'big'));
    const first = await result<Page>(sandbox, `datastore_search?resource_id=${id}&limit=100000`);
    expect([first.limit, first.records.length, first.total]).toEqual([32_000, 32_000, 32_010]);
    const rest = await result<Page>(sandbox, `datastore_search?resource_id=${id}&limit=100000&offset=32000`);
    expect([rest.records.length, rest.records[0]]).toEqual([10, { _id: 32_001, n: '32000', text: 'x' }]);
    expect(rest).toMatchObject({ _links: { next: expect.stringContaining('offset=64000') } });
    const beyond = await result<Page>(sandbox, `datastore_search?resource_id=${id}&offset=99999`);
    expect([beyond.records, beyond.total]).toEqual([[], 32_010]);
  });

  it('adds rank where words are searched', async () => {
    const sandbox = await start();
    const { id } = newest(await show(sandbox, monthly));
    const page = await result<Page>(sandbox, `datastore_search?resource_id=${id}&q=tram+2018+feb`);
    expect(page.total).toBeGreaterThan(0);
    expect(
      page.records.every((row) => row.Mode === 'Tram' && row.Year === '2018' && typeof row.rank === 'number'),
    ).toBe(true);
  });

  it.each([
    ['package_show?id=nope', 404, { __type: 'Not Found Error' }],
    ['package_show', 409, { __type: 'Validation Error' }],
    ['datastore_search?resource_id=nope', 404, { __type: 'Not Found Error' }],
    ['datastore_search', 409, { __type: 'Validation Error', resource_id: ['Missing value'] }],
  ])('refuses %s with %d in the envelope', async (request, status, error) => {
    const refused = await ask(await start(), request);
    expect(refused).toMatchObject({ status, body: { success: false, error } });
  });

  it.each(['limit=-1', 'limit=ten', 'offset=1.5', 'sort=Mode'])('refuses %s', async (parameter) => {
    const sandbox = await start();
    const { id } = newest(await show(sandbox, monthly));
    const refused = await ask(sandbox, `datastore_search?resource_id=${id}&${parameter}`);
    expect(refused).toMatchObject({ status: 409, body: { success: false, error: { __type: 'Validation Error' } } });
  });

  it('knows no other actions', async () => {
    expect(await ask(await start(), 'datastore_search_sql?sql=x')).toMatchObject({ status: 400 });
    expect(await ask(await start(), 'constructor')).toMatchObject({ status: 400 });
  });
});

describe('files', () => {
  it('are text as it stands: BOM and CRLF away, blanks kept, nameless columns left out, short rows filled', async () => {
    const text = '\uFEFFYear, Pax ,,\r\n2018,"16,809,932",,\r\n2019,721229 ,,\r\n2020\r\n,,,\r\n';
    const sandbox = await start({ dataDirectory: await directoryWith({ [`${annual}/a.csv`]: text }) });
    expect(await table(sandbox, annual)).toEqual([
      { _id: 1, Year: '2018', Pax: '16,809,932' },
      { _id: 2, Year: '2019', Pax: '721229 ' },
      { _id: 3, Year: '2020', Pax: '' },
      { _id: 4, Year: '', Pax: '' },
    ]);
    expect(sandbox.modes.get('datavic')).toBe('files');
  });

  it('leave packages without a folder generated', async () => {
    const sandbox = await start({ dataDirectory: await directoryWith({ [`${annual}/a.csv`]: 'a\n1\n' }) });
    expect((await table(sandbox, monthly)).length).toBeGreaterThan(3_800);
  });

  it('are read again at each request, under another id when they have changed', async () => {
    const dataDirectory = await directoryWith({ 'p/a.csv': 'a\n1\n' });
    const sandbox = await start({ dataDirectory });
    const before = newest(await show(sandbox, 'p')).id;
    await writeFile(join(dataDirectory, 'datavic/p/a.csv'), 'a\n1\n2\n');
    expect(newest(await show(sandbox, 'p')).id).not.toBe(before);
    expect(await table(sandbox, 'p')).toHaveLength(2);
  });

  it.each([
    ['a file in place of a folder', { 'a.csv': 'a\n' }, 'got a file'],
    ['another kind of file', { 'p/a.json': '' }, 'got a.json'],
    ['a row that is too wide', { 'p/a.csv': 'a\n1,2\n' }, 'a.csv to be CSV'],
    ['a heading twice', { 'p/a.csv': 'a,a\n1,2\n' }, 'got a twice'],
    ['no package', {}, 'got nothing'],
  ])('are refused with %s', async (_, files, problem) => {
    const dataDirectory = await directoryWith(files);
    await expect(start({ dataDirectory })).rejects.toThrow(problem);
  });
});

/** The names and types of a body, lists as their first item; what a value is does not matter. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

describe.skipIf(!existsSync('../shared/data'))('the published contract (needs ../shared/data)', () => {
  it('has the shape of a real answer, but for the names of the columns', async () => {
    const text = await readFile('../shared/data/datavic/ckan/datastore_search-datavic-2021.json', 'utf8');
    const real = JSON.parse(text) as { result: Page };
    const sandbox = await start();
    const { id } = newest(await show(sandbox, monthly));
    const { body } = await ask(sandbox, `datastore_search?resource_id=${id}&q=Tram`);
    const ours = body as unknown as { result: Page };
    const columns = (page: Page) => page.fields.map((field) => field.id);
    expect(Object.keys(ours.result.records[0] ?? {})).toEqual([...columns(ours.result), 'rank']);
    expect(Object.keys(real.result.records[0] ?? {})).toEqual([...columns(real.result), 'rank']);
    const blank = (answer: { result: Page }) => ({ ...answer, result: { ...answer.result, records: [] } });
    expect(shapeOf(blank(ours))).toMatchObject(shapeOf(blank(real)) as object);
  });
});

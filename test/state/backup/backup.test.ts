import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { openArchive } from '../../../state/backup/read-archive.ts';
import { restoreBackup, verifyBackup } from '../../../state/backup/restore-backup.ts';
import { writeBackup } from '../../../state/backup/write-backup.ts';
import { layTables } from '../../../state/migrations/migrate.ts';
import { newestVersion } from '../../../state/migrations/migrations.ts';
import { openState, type State } from '../../../state/open-state.ts';
import { createDatabase, type TestDatabase } from '../../harness/postgres.ts';
import { datasetOf, finishOf, makeClaimed, startOf, successOf, useScenario } from '../scenario.ts';

const scenario = useScenario();
let folder: string;
let file: string;
const opened: { readonly database: TestDatabase; readonly state: State }[] = [];

/** Text that is awkward in a file of lines, a null that is JSON and one that is none, and more digits than a double shows. */
const awkward = 'tab\t newline\n quote " backslash \\ \\N é 🚋';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-backup-'));
  file = join(folder, 'one.zip');
  for (const output of [{ rows: 1, awkward }, null]) {
    const claimed = await makeClaimed(scenario());
    const start = startOf(claimed, scenario().owner);
    const datasets = [datasetOf(claimed.run, claimed.componentRunId, 'stops')];
    await scenario().state.runs.startAttempt(start);
    const success = successOf({ datasets, output, evidence: [{ source: 'feed', parts: [] }] });
    await scenario().state.runs.finishAttempt(finishOf(start, { success, metrics: { wallMs: 1 / 3 } }));
    await scenario().state.runs.finishRun({
      id: claimed.run.id,
      owner: scenario().owner.id,
      status: 'success',
      finishedAt: new Date(),
    });
  }
  await on(scenario().state, (client) => writeBackup(client, file, new Date('2030-01-01T00:00:00Z')));
});
afterAll(async () => {
  for (const { state, database } of opened) {
    await state.close();
    await database.drop();
  }
  rmSync(folder, { recursive: true });
});

const on = <Result>(state: State, work: (client: Client) => Promise<Result>) => state.upkeep('be tested', work);

async function emptyDatabase(): Promise<State> {
  const database = await createDatabase('template0');
  const state = await openState({ home: '/nowhere', databaseUrl: database.url, migrate: false });
  opened.push({ database, state });
  return state;
}

const rowsOf = async (state: State, table: string) =>
  (await on(state, (client) => client.query(`select t::text as row from signalbox.${table} t order by 1`))).rows;

/** The archive with one of its entries changed. */
async function forge(name: string, change: (text: string) => string | undefined): Promise<string> {
  const archive = await openArchive(file);
  const forged = new ZipFile();
  const names = [...archive.manifest.tables.map((part) => `tables/${part.name}.copy`), 'manifest.json'];
  for (const entry of names) {
    const text = (await buffer(archive.read(entry))).toString('utf8');
    const changed = entry === name ? change(text) : text;
    if (changed !== undefined) forged.addBuffer(Buffer.from(changed), entry);
  }
  forged.end();
  archive.close();
  const path = join(folder, `forged-${name.replaceAll('/', '-')}`);
  writeFileSync(path, await buffer(forged.outputStream));
  return path;
}

const tables = ['owner', 'dag_version', 'run', 'component_run', 'attempt', 'decision', 'claim', 'source_state'];

describe('a backup', () => {
  it('appears whole, is nobody else’s to read, and is never written over another', async () => {
    expect(readdirSync(folder)).toEqual(['one.zip']);
    const again = on(scenario().state, (client) => writeBackup(client, file, new Date()));
    await expect(again).rejects.toThrow(/expected .*one\.zip not to be there yet/);
    const nowhere = on(scenario().state, (client) => writeBackup(client, join(folder, 'no', 'where.zip'), new Date()));
    await expect(nowhere).rejects.toThrow(/could not write .*where\.zip/);
    expect(readdirSync(folder)).toEqual(['one.zip']);
  });

  it('restores every row as it was, into a database that works', async () => {
    const state = await emptyDatabase();
    const { manifest, violations } = await on(state, (client) => restoreBackup(client, file));
    expect(violations).toEqual([]);
    expect(manifest).toMatchObject({ schemaVersion: newestVersion, takenAt: '2030-01-01T00:00:00.000Z' });
    for (const table of [...tables, 'dataset_version'])
      expect(await rowsOf(state, table)).toEqual(await rowsOf(scenario().state, table));
    expect(await rowsOf(state, 'run')).toHaveLength(2);
    const details = await state.history.run((await state.history.listRuns())[1]?.id ?? '');
    expect(details?.components[0]?.output).toEqual({ rows: 1, awkward });
    await makeClaimed({ state, owner: await state.owners.register() });
  });

  it('is proven beside what is there, which stays as it is', async () => {
    const before = await rowsOf(scenario().state, 'component_run');
    const { violations, manifest } = await on(scenario().state, (client) => verifyBackup(client, file));
    expect(violations).toEqual([]);
    expect(manifest.tables.find(({ name }) => name === 'run')).toMatchObject({ rows: 2 });
    expect(await rowsOf(scenario().state, 'component_run')).toEqual(before);
    const schemas = await on(scenario().state, (client) =>
      client.query("select from pg_namespace where nspname ~ 'signalbox'"),
    );
    expect(schemas.rowCount).toBe(1);
  });

  it('is proven without any table there, and leaves none', async () => {
    const state = await emptyDatabase();
    expect((await on(state, (client) => verifyBackup(client, file))).violations).toEqual([]);
    expect((await state.migrationStatus()).version).toBe(0);
  });

  it('tells what did not hold when it was made', async () => {
    const { database } = scenario();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    await client.query(`update signalbox.component_run set attempts = 5`);
    const wrong = join(folder, 'wrong.zip');
    await on(scenario().state, (own) => writeBackup(own, wrong, new Date()));
    await client.query(`update signalbox.component_run set attempts = 1`);
    await client.end();
    const { violations } = await on(scenario().state, (own) => verifyBackup(own, wrong));
    expect(violations.map(({ invariant }) => invariant)).toEqual(Array(2).fill('attempts-are-numbered-without-holes'));
  });

  it('of an older schema is brought up to date', async () => {
    const state = await emptyDatabase();
    const older = join(folder, 'older.zip');
    await on(state, async (client) => {
      await client.query('begin');
      await layTables(client, 0, 1);
      await client.query('commit');
      await client.query(`insert into signalbox.dag_version (dag, version, definition) values ('a', 'v', '{}')`);
      await writeBackup(client, older, new Date());
      await client.query('drop schema signalbox cascade');
      await restoreBackup(client, older);
    });
    expect(await state.migrationStatus()).toMatchObject({ version: newestVersion, pending: [] });
    expect(await rowsOf(state, 'dag_version')).toHaveLength(1);
    expect(await rowsOf(state, 'backfill')).toHaveLength(0);
  });
});

describe('restoring refuses', () => {
  let state: State;
  beforeAll(async () => {
    state = await emptyDatabase();
  });

  const restore = (path: string) => on(state, (client) => restoreBackup(client, path));
  const nothing = async () => expect((await state.migrationStatus()).version).toBe(0);

  it('a database with rows', async () => {
    const full = on(scenario().state, (client) => restoreBackup(client, file));
    await expect(full).rejects.toThrow(/expected an empty database to restore into, got rows in the table /);
    expect(await rowsOf(scenario().state, 'run')).toHaveLength(2);
  });

  it('a file that is not there, is no backup, or was cut off', async () => {
    await expect(restore(join(folder, 'none.zip'))).rejects.toThrow(/could not read .*none\.zip: ENOENT/);
    const foreign = join(folder, 'foreign.zip');
    writeFileSync(foreign, 'a letter');
    await expect(restore(foreign)).rejects.toThrow(
      /expected .*foreign\.zip to be a whole backup, got one that cannot be read/,
    );
    const cut = join(folder, 'cut.zip');
    copyFileSync(file, cut);
    truncateSync(cut, readFileSync(file).length - 100);
    await expect(restore(cut)).rejects.toThrow(/expected .*cut\.zip to be a whole backup/);
    await nothing();
  });

  it.each([
    [
      'a changed row',
      'tables/run.copy',
      (text: string) => text.replace('success', 'cancels'),
      /the table run of .* in the file/,
    ],
    ['a lost row', 'tables/attempt.copy', (text: string) => text.slice(text.indexOf('\n') + 1), /the table attempt of/],
    ['a lost table', 'tables/claim.copy', () => undefined, /it has no tables\/claim\.copy/],
    ['a lost manifest', 'manifest.json', () => undefined, /it has no manifest\.json/],
    [
      'another format',
      'manifest.json',
      (text: string) => text.replace('backup-1', 'backup-9'),
      /got "signalbox-backup-9"/,
    ],
    [
      'a schema to come',
      'manifest.json',
      (text: string) => text.replace(/"schemaVersion": \d+/, '"schemaVersion": 999'),
      /expected .* to hold a schema of version 1 to \d+, got 999/,
    ],
    [
      'other tables',
      'manifest.json',
      (text: string) => text.replace('"decision"', '"verdict"'),
      /it differs in .*decision/,
    ],
    ['names that are none', 'manifest.json', (text: string) => text.replace('"decision"', '"a; drop"'), /format/],
  ])('%s', async (_, entry, change, message) => {
    await expect(restore(await forge(entry, change))).rejects.toThrow(message);
    await nothing();
  });

  it('bytes that were changed on the disk', async () => {
    const bytes = readFileSync(file);
    for (let at = 60; at < 400; at += 1) bytes[at] = 255;
    const changed = join(folder, 'changed.zip');
    writeFileSync(changed, bytes);
    await expect(restore(changed)).rejects.toThrow(/changed\.zip/);
    await nothing();
  });
});

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import type { QuarantinedRecord } from 'signalbox';
import { describe, expect, test } from 'vitest';
import { checkAccounts } from '../../../components/gtfs/accounts.ts';
import { defaultLimits } from '../../../components/gtfs/archive-limits.ts';
import { cleanFile, type TableFile, withoutMisfits } from '../../../components/gtfs/clean-file.ts';
import { startLook } from '../../../components/gtfs/first-look.ts';
import { repairFile } from '../../../components/gtfs/repair.ts';
import { outputColumns, unionQuery } from '../../../components/gtfs/table-sql.ts';
import { openSql } from '../../../engine/attempt/sql/open-sql.ts';
import { temporaryFolder } from './load.ts';

const { signal } = new AbortController();
const names = ['stop_id', 'stop_name', 'stop_lat'];
const lineEnd = fc.constantFrom('\n', '\r\n');

/** Pieces of which sound and damaged lines are made. */
const piece = fc.constantFrom(
  'a',
  'é',
  '1',
  '-37.5',
  '"',
  '""',
  ',',
  ' ',
  '"q"',
  '"a,b"',
  '"x\ny"',
  '\r',
  '\n',
  '\r\n',
  'S1,First,1',
);
const damagedText = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
/** A byte that is no UTF-8 on its own, somewhere in the text or nowhere. */
const damagedBytes = fc.tuple(damagedText, fc.option(fc.nat())).map(([text, at]) => {
  const bytes = Buffer.from(text);
  if (at === null) return bytes;
  const middle = at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, middle), Buffer.of(0xff), bytes.subarray(middle)]);
});

const value = fc.oneof(
  fc.constantFrom('', 'a', ' b ', '"', ',', 'x\ny', 'x\r\ny', 'ü€', "'", 'null', '0'),
  fc.string({ unit: 'binary', maxLength: 8 }).filter((text) => !/[\0\r]|\p{Surrogate}/u.test(text)),
);

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** As it is unpacked, in pieces. */
function lookAt(bytes: Buffer, pieceBytes: number, label: string) {
  const look = startLook(label);
  for (let at = 0; at < bytes.length; at += pieceBytes) look.take(bytes.subarray(at, at + pieceBytes));
  return look.end();
}

async function rig() {
  const folder = temporaryFolder();
  const staging = join(folder, 'staging');
  mkdirSync(staging);
  const sql = await openSql({
    staging,
    tempDirectory: join(folder, 'spill'),
    memoryLimitMb: 128,
    threads: 2,
    onStaged: () => undefined,
  });
  const quarantined: QuarantinedRecord[] = [];
  const context = {
    scratch: folder,
    sql,
    signal,
    options: { maxQuarantinedShare: 1, feedName: 'feed', limits: defaultLimits },
    quarantine: (record: QuarantinedRecord) => Promise.resolve(void quarantined.push(record)),
    warn: () => undefined,
    progress: () => undefined,
  };
  const path = join(folder, 'stops.txt');
  const clean = async (): Promise<TableFile> => {
    quarantined.length = 0;
    const label = 'feed/stops.txt';
    const found = lookAt(readFileSync(path), 64 * 1_024, label);
    const file = await cleanFile({ dataset: 'gtfs_stops', folder: 'feed', label, path, found }, context);
    return withoutMisfits(file, outputColumns('stops', [file.clean.header]), context);
  };
  const read = ({ clean: file }: TableFile) => sql.rows(unionQuery([file], outputColumns('stops', [file.header])));
  return { path, sql, quarantined, clean, read };
}

/** Physical lines as a person counts them: pieces between line feeds, the last one only if there is something in it. */
function linesOf(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('latin1').split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

describe('whatever is in a file', () => {
  test('every line is the header, loaded, quarantined once or blank', async () => {
    const { path, sql, quarantined, clean, read } = await rig();
    await fc.assert(
      fc.asyncProperty(damagedBytes, lineEnd, async (body, end) => {
        const bytes = Buffer.concat([Buffer.from(names.join(',') + end), body]);
        writeFileSync(path, bytes);
        const file = await clean();
        const rows = await read(file);
        checkAccounts('gtfs_stops', [file], rows.length);
        const { account } = file;
        const lines = linesOf(bytes);
        expect(account.lines).toBe(lines.length);
        const taken = quarantined.flatMap(({ line = 0, lines: count = 1 }) =>
          Array.from({ length: count }, (_, index) => line + index),
        );
        expect(new Set(taken).size).toBe(taken.length);
        expect(Math.min(...taken, 2)).toBe(2);
        expect(taken.length).toBe(account.leftOutLines);
        expect(1 + taken.length + account.recordLines + account.blankLines).toBe(lines.length);
        expect(account.records).toBe(rows.length);
        for (const { line = 0, lines: count = 1, raw } of quarantined) {
          const covered = lines
            .slice(line - 1, line - 1 + count)
            .join('\n')
            .replace(/\r$/, '');
          expect([raw, Buffer.from(raw).toString('latin1')]).toContain(covered);
        }
      }),
      { numRuns: 300 },
    );
    sql.close();
  });

  test('a last value that is nothing but a quote is quarantined, not taken for a quoted one', async () => {
    const { path, sql, quarantined, clean, read } = await rig();
    writeFileSync(path, `${names.join(',')}\n,,"`);
    const file = await clean();
    expect(await read(file)).toEqual([]);
    expect(quarantined.map(({ line, reason }) => [line, reason])).toEqual([[2, 'a quote that is not closed']]);
    sql.close();
  });

  test('a flawless file passes the quick look exactly when the slow one has nothing to mend', async () => {
    const { path, sql } = await rig();
    await fc.assert(
      fc.asyncProperty(damagedBytes, lineEnd, fc.integer({ min: 1, max: 100 }), async (body, end, pieceBytes) => {
        const bytes = Buffer.concat([Buffer.from(names.join(',') + end), body]);
        writeFileSync(path, bytes);
        const { header, records } = lookAt(bytes, pieceBytes, 'stops.txt');
        expect(lookAt(bytes, bytes.length, 'stops.txt')).toEqual({ header, records });
        const target = `${path}.clean`;
        const account = await repairFile({ path, header, target, signal, report: () => Promise.resolve() });
        if (records === undefined) return;
        expect(account).toMatchObject({
          records,
          leftOut: 0,
          blankLines: 0,
          short: { count: 0 },
          broken: { count: 0 },
        });
        const copied = readFileSync(target, 'utf8').replace(/\n$/, '');
        expect(copied).toBe(body.toString().replaceAll('\r\n', '\n').replace(/\n$/, ''));
      }),
      { numRuns: 500 },
    );
    sql.close();
  });

  test('values written by the rules come back as they were', async () => {
    const { path, sql, clean, read } = await rig();
    const record = fc.tuple(
      fc.string({ unit: fc.constantFrom('S', '1', '-'), minLength: 1, maxLength: 4 }),
      value,
      fc.constantFrom('1', '-37.5', ''),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        lineEnd,
        fc.boolean(),
        async (records, end, isEnded) => {
          const lines = [names.join(','), ...records.map((cells) => cells.map(quoted).join(','))];
          writeFileSync(path, lines.join(end) + (isEnded ? end : ''));
          const rows = await read(await clean());
          const expected = records.map(([id, name, latitude]) => ({
            folder: 'feed',
            stop_id: id,
            stop_name: name === '' ? null : name,
            stop_lat: latitude === '' ? null : Number(latitude),
          }));
          expect(rows).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
    sql.close();
  });
});

test('records that lie across windows are found whole', async () => {
  const { path, sql, quarantined, clean } = await rig();
  const records = Array.from(
    { length: 120_000 },
    (_, index) => `S${index},"Stop, number\n${index} ${'x'.repeat(30)}",-37.5`,
  );
  records[60_000] = 'S60000,"open,-37.5';
  writeFileSync(path, `${names.join(',')}\n${records.join('\n')}`);
  const { account } = await clean();
  expect(account).toMatchObject({ records: 119_999, recordLines: 239_998, leftOut: 1 });
  expect(quarantined).toMatchObject([{ line: 120_002, lines: 1, raw: 'S60000,"open,-37.5' }]);
  sql.close();
});

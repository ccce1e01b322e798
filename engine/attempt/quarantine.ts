import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuarantinedRecord } from '../model/dataset.ts';
import type { QuarantineSummary } from '../model/outcome.ts';

const shownRecords = 5;
/** Of a record that is shown: it goes into rows, events and summaries. The file has all of it. */
const shownCharacters = 1_000;

/** Keeps what did not pass, one JSON object a line, in a file that is made with the first record. */
export interface Quarantine {
  add(record: QuarantinedRecord): Promise<void>;
  /** Makes the file durable and says what is in it. Closing twice is fine. */
  close(): Promise<QuarantineSummary>;
}

export function openQuarantine(folder: string, fileName: string): Quarantine {
  const first: QuarantinedRecord[] = [];
  let records = 0;
  let isClosed = false;
  let file: Promise<FileHandle> | undefined;
  const opened = () => {
    mkdirSync(folder, { recursive: true });
    return open(join(folder, fileName), 'a');
  };
  return {
    async add(record) {
      file ??= opened();
      await (await file).appendFile(`${JSON.stringify(record)}\n`);
      records += 1;
      if (first.length < shownRecords) first.push(shown(record));
    },
    async close() {
      if (!file) return { records, first };
      const handle = await file;
      if (!isClosed) await handle.sync();
      if (!isClosed) await handle.close();
      isClosed = true;
      return { records, first, file: fileName };
    },
  };
}

function shown(record: QuarantinedRecord): QuarantinedRecord {
  const { raw } = record;
  return raw.length <= shownCharacters ? record : { ...record, raw: `${raw.slice(0, shownCharacters)}…` };
}

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { QuarantinedRecord } from '../model/dataset.ts';
import { diskFailure, onDisk } from '../model/disk-failure.ts';
import type { QuarantineSummary } from '../model/outcome.ts';
import { makeFolder } from './make-folder.ts';

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
  const path = join(folder, fileName);
  let closing: Promise<void> | undefined;
  let file: Promise<FileHandle> | undefined;
  const opened = () =>
    onDisk('open', path, async () => {
      makeFolder(folder);
      return open(path, 'a');
    });
  return {
    async add(record) {
      file ??= opened();
      const handle = await file;
      await onDisk('write', path, () => handle.appendFile(`${JSON.stringify(record)}\n`));
      records += 1;
      if (first.length < shownRecords) first.push(shown(record));
    },
    async close() {
      if (!file) return { records, first };
      const handle = await file;
      closing ??= closeDurably(handle).catch((error: unknown) => {
        throw diskFailure(error, 'write', path);
      });
      await closing;
      return { records, first, file: fileName };
    },
  };
}

async function closeDurably(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function shown(record: QuarantinedRecord): QuarantinedRecord {
  const { raw } = record;
  return raw.length <= shownCharacters ? record : { ...record, raw: `${raw.slice(0, shownCharacters)}…` };
}

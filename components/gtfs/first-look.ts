import type { Watch } from './archive.ts';
import { type Header, maxHeaderBytes, parseHeader } from './header.ts';
import { RegularRecords } from './regular.ts';

/** What one pass over a file has found. */
export interface Found {
  readonly header: Header;
  /** Undefined for a file that has to be gone through record by record. */
  readonly records: number | undefined;
}

/** Looks at a file while it is unpacked, so that a flawless one need not be read again before DuckDB does. */
export interface FirstLook {
  readonly take: Watch;
  /** After the last of the bytes. Throws a `source` failure for a header that cannot be read. */
  end(): Found;
}

/** `label` is what messages call the file: `11/stops.txt`. */
export function startLook(label: string): FirstLook {
  let head: Buffer = Buffer.alloc(0);
  let read: { header: Header; records: RegularRecords } | undefined;
  let failure: unknown;
  const begin = () => {
    try {
      const header = parseHeader(head, label);
      read = { header, records: new RegularRecords(header) };
      read.records.take(head.subarray(header.bytes));
    } catch (thrown) {
      // Told at the end: that the zip is damaged, which shows only there, would be the better news.
      failure = thrown;
    }
  };
  return {
    take(bytes) {
      if (failure !== undefined) return;
      if (read) {
        read.records.take(bytes);
        return;
      }
      head = head.length === 0 ? bytes : Buffer.concat([head, bytes]);
      if (head.length >= maxHeaderBytes || head.includes('\n')) begin();
    },
    end() {
      if (!read && failure === undefined) begin();
      if (!read) throw failure;
      return { header: read.header, records: read.records.end() };
    },
  };
}

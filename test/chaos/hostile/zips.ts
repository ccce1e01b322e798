import { Buffer } from 'node:buffer';
import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a zip as its directory describes it, which need not be the truth. */
export interface ZipMember {
  readonly name: string;
  readonly content: Buffer;
  readonly isDeflated?: boolean;
  /** What the directory says in place of the size that the content has. */
  readonly promised?: number;
  /** Points to the content of the first member, whatever its own is. */
  readonly overlaps?: boolean;
  /** Unix mode: 0o120777 is a symbolic link. */
  readonly mode?: number;
}

/** A zip with nothing packed. */
export function storedZip(files: Readonly<Record<string, string | Buffer>>): Buffer {
  return zipOf(Object.entries(files).map(([name, content]) => ({ name, content: Buffer.from(content) })));
}

/** Writes what no tool would write (APPNOTE.TXT 4.3). */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const entry = entryOf(member);
    const at = member.overlaps ? 0 : offset;
    if (!member.overlaps) {
      locals.push(entry.local, entry.packed);
      offset += entry.local.length + entry.packed.length;
    }
    directory.push(entry.central(at));
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

function entryOf({ name, content, isDeflated = false, promised, mode }: ZipMember) {
  const packed = isDeflated ? deflateRawSync(content) : content;
  const nameBytes = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(isDeflated ? 8 : 0, 4);
  common.writeUInt32LE(crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(promised ?? content.length, 18);
  common.writeUInt16LE(nameBytes.length, 22);
  return {
    packed,
    local: Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, nameBytes]),
    central: (offset: number) => {
      const made = Buffer.alloc(2);
      made.writeUInt16LE((mode === undefined ? 0 : 3 << 8) | 20);
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE((mode ?? 0) * 2 ** 16, 6);
      tail.writeUInt32LE(offset, 10);
      return Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2]), made, common, tail, nameBytes]);
    },
  };
}

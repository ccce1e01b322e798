import { open } from 'node:fs/promises';
import { count } from './decode.ts';

type BodyKind = 'empty' | 'zip' | 'gzip' | 'HTML' | 'XML' | 'JSON' | 'text' | 'text in UTF-16' | 'binary data';

export interface BodyDescription {
  readonly kind: BodyKind;
  readonly bytes: number;
  /** ``HTML (`<!DOCTYPE html>…`, text/html, 5,120 bytes)``, to stand after "expected a zip, got". */
  readonly text: string;
}

const headBytes = 512;
const shownBytes = 120;

/** Says what a landed file looks like, by its first bytes. */
export async function describeBody(path: string, contentType?: string): Promise<BodyDescription> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return describeBytes(buffer.subarray(0, bytesRead), (await file.stat()).size, contentType);
  } finally {
    await file.close();
  }
}

/** The same for bytes at hand: `head` is the start of a body of `bytes` bytes. */
export function describeBytes(head: Uint8Array, bytes: number, contentType?: string): BodyDescription {
  const kind = kindOf(head);
  const facts = [quotedStart(head, bytes), shownType(contentType), `${count(bytes)} bytes`].filter(
    (fact) => fact !== undefined,
  );
  return { kind, bytes, text: kind === 'empty' ? 'an empty body' : `${kind} (${facts.join(', ')})` };
}

/** The first printable bytes in backticks, ended by `…` if there is more; undefined when nothing of it can be read. */
export function quotedStart(head: Uint8Array, bytes = head.byteLength): string | undefined {
  const shown = head.subarray(0, shownBytes);
  const kind = kindOf(head);
  const text = Buffer.from(shown)
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]+|`/g, ' ')
    .trim();
  if (text === '' || kind === 'binary data' || kind === 'text in UTF-16') return undefined;
  return `\`${text}${bytes > shown.byteLength ? '…' : ''}\``;
}

/** Of the headers, too, a source may write whatever it likes. */
export function shownType(contentType: string | undefined): string | undefined {
  return contentType?.slice(0, shownBytes).replaceAll(/[^\x20-\x7e]+/g, ' ');
}

function kindOf(head: Uint8Array): BodyKind {
  if (head.byteLength === 0) return 'empty';
  const bytes = Buffer.from(head);
  if (startsWith(bytes, [0x50, 0x4b, 3, 4]) || startsWith(bytes, [0x50, 0x4b, 5, 6])) return 'zip';
  if (startsWith(bytes, [0x1f, 0x8b])) return 'gzip';
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) return 'text in UTF-16';
  const text = bytes
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^<(?:!doctype html|html|head|body)\b/i.test(text)) return 'HTML';
  if (text.startsWith('<')) return 'XML';
  if (/^[[{]/.test(text)) return 'JSON';
  return bytes.some(isControl) ? 'binary data' : 'text';
}

function startsWith(bytes: Buffer, magic: readonly number[]): boolean {
  return magic.every((value, index) => bytes[index] === value);
}

/** Of the control characters text has tab to carriage return, and escape where it is coloured. */
function isControl(byte: number): boolean {
  return byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
}

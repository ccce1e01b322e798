import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { describeBody } from '../../../components/http/describe-body.ts';
import { freshFolder } from './setup.ts';

async function described(body: string | Uint8Array, contentType?: string) {
  const path = join(await freshFolder(), 'body');
  await writeFile(path, body);
  return describeBody(path, contentType);
}

const html = `\n<!DOCTYPE html><title>Down</title>${'<p>'.repeat(2_000)}`;

describe('describeBody', () => {
  it.each([
    ['', 'empty', 'an empty body'],
    ['PK\x03\x04\x14\0\0\0', 'zip', 'zip (`PK`, 8 bytes)'],
    ['PK\x05\x06', 'zip', 'zip (`PK`, 4 bytes)'],
    ['\uFEFF<html lang="en">', 'HTML', 'HTML (`<html lang="en">`, 19 bytes)'],
    ['<?xml version="1.0"?><Error/>', 'XML', 'XML (`<?xml version="1.0"?><Error/>`, 29 bytes)'],
    [' {"error":"`no`"}', 'JSON', 'JSON (`{"error":" no "}`, 17 bytes)'],
    ['[1]', 'JSON', 'JSON (`[1]`, 3 bytes)'],
    ['not a zip file', 'text', 'text (`not a zip file`, 14 bytes)'],
    ['Grün\ttext', 'text', 'text (`Gr n text`, 10 bytes)'],
    ['\x0a\x0d\x0a\x03\x32\x2e\x30', 'binary data', 'binary data (7 bytes)'],
  ])('%j is %s', async (body, kind, text) => {
    expect(await described(body)).toEqual({ kind, bytes: Buffer.byteLength(body), text });
  });

  it('shows the start of a long one and what it was sent as', async () => {
    const { text } = await described(html, 'text/html');
    expect(text).toMatch(/^HTML \(`<!DOCTYPE html><title>Down<\/title>(?:<p>)+<?p?…`, text\/html, 6,035 bytes\)$/);
    expect(/`(.*)…`/.exec(text)?.[1]?.length).toBeLessThanOrEqual(120);
  });

  it('knows gzip', async () => {
    expect((await described(gzipSync('x'))).kind).toBe('gzip');
  });
});

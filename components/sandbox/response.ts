import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SandboxResponse } from 'signalbox';
import { httpDate } from './day.ts';

export function jsonResponse(status: number, body: unknown): SandboxResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** A body with its validators: a strong ETag from its sha256, and when its content came to be. */
export function validatedResponse(body: Uint8Array, contentType: string, modifiedMs: number): SandboxResponse {
  return {
    status: 200,
    headers: { 'content-type': contentType, etag: etagOf(body), 'last-modified': httpDate(modifiedMs) },
    body,
  };
}

/** A file as it is at this moment, byte for byte: files may be replaced while the sandbox runs. */
export async function fileResponse(path: string, contentType: string): Promise<SandboxResponse> {
  const [body, { mtimeMs }] = await Promise.all([readFile(path), stat(path)]);
  return validatedResponse(body, contentType, mtimeMs);
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('hex')}"`;
}

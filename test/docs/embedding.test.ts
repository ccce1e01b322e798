import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createDatabase } from '../harness/postgres.ts';

const page = readFileSync(new URL('../../docs/embedding.md', import.meta.url), 'utf8');

function block(language: string): string {
  const match = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page);
  if (!match) throw new Error(`docs/embedding.md has no ${language} block`);
  return match[1] as string;
}

/** A project of somebody else that has signalbox among its packages. */
function makeProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-embedding-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(fileURLToPath(new URL('../../', import.meta.url)), join(folder, 'node_modules', 'signalbox'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebody', type: 'module' }));
  writeFileSync(join(folder, 'example.mjs'), block('js'));
  return folder;
}

it('prints what docs/embedding.md says, on a database of its own, and ends by itself', async () => {
  const folder = makeProject();
  const database = await createDatabase();
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['example.mjs'], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATABASE_URL: database.url },
    });
    expect(stdout).toBe(block('text'));
  } finally {
    await database.drop();
    rmSync(folder, { recursive: true });
  }
});

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { withBuildLock } from './build-lock.js';
import { bundleEngine } from './bundle-engine.js';
import { hashEngine } from './engine-hash.js';
import { compiledFolder, projectRoot } from './folders.js';
import { StartError } from './start-error.js';
import { writeWaysIn } from './ways-in.js';

const week = 7 * 86_400_000;
const buildsAtMost = 3;

/**
 * Compiles the engine and returns its folder. It appears complete or not at all: it is built beside and renamed.
 * @returns {Promise<string>}
 */
export async function buildEngine() {
  makeCompiledFolder();
  return await withBuildLock(compiledFolder, async () => {
    for (let build = 0; build < buildsAtMost; build++) {
      const engine = join(compiledFolder, hashEngine(projectRoot).hash);
      if (existsSync(engine) || (await buildOnce(engine))) {
        prune(engine);
        return engine;
      }
    }
    throw new StartError(
      `the sources of the engine changed during each of ${buildsAtMost} builds. Run this again when they rest.`,
    );
  });
}

function makeCompiledFolder() {
  try {
    mkdirSync(compiledFolder, { recursive: true });
    rmSync(mkdtempSync(join(compiledFolder, '.try-')), { recursive: true });
  } catch (error) {
    throw new StartError(
      `the engine is not compiled and ${compiledFolder} cannot be written. Run \`npm run build\` as a user who may write there.`,
      { cause: error },
    );
  }
}

/** False when a source changed meanwhile: what was built then belongs to no hash. @param {string} engine */
async function buildOnce(engine) {
  const draft = mkdtempSync(join(compiledFolder, '.draft-'));
  try {
    await bundleEngine(projectRoot, draft);
    await writeWaysIn(projectRoot, draft);
    // mkdtemp makes it private; whoever may read the sources may run this.
    chmodSync(draft, 0o755);
    await flush(draft);
    if (join(compiledFolder, hashEngine(projectRoot).hash) !== engine) return false;
    rename(draft, engine);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A power cut after the rename must not leave a complete-looking folder of empty files. @param {string} folder */
async function flush(folder) {
  await Promise.all(
    readdirSync(folder).map(async (name) => {
      const file = await open(join(folder, name), 'r+');
      await file.sync();
      await file.close();
    }),
  );
}

/** @param {string} draft @param {string} engine */
function rename(draft, engine) {
  try {
    renameSync(draft, engine);
  } catch (error) {
    // Somebody who did not see the lock built the same sources first.
    if (!existsSync(engine)) throw error;
  }
}

/**
 * Old engines go, except the newest three and any used in the last seven days: every process marks the one it began
 * with once a day (start.js). Whoever embeds the engine for longer restarts, or installs the published package.
 * @param {string} current
 */
function prune(current) {
  const engines = readdirSync(compiledFolder)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .map((name) => join(compiledFolder, name))
    .map((folder) => ({ folder, usedMs: statSync(folder).mtimeMs }))
    .toSorted((a, b) => b.usedMs - a.usedMs);
  const old = Date.now() - week;
  for (const { folder, usedMs } of engines.slice(3)) {
    if (folder !== current && usedMs < old) rmSync(folder, { recursive: true, force: true });
  }
}

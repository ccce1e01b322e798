// `npm run build`, and `prepare` after an install. With `--publish` (`prepack`) the engine built is the only one packed.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildEngine } from '../bootstrap/build-engine.js';
import { compiledFolder, publishedFile } from '../bootstrap/folders.js';
import { StartError } from '../bootstrap/start-error.js';

try {
  const engine = await buildEngine();
  if (process.argv.includes('--publish')) {
    // What this Node made of it is of no use to others.
    rmSync(join(engine, '.compiled'), { recursive: true, force: true });
    for (const name of readdirSync(compiledFolder)) {
      if (name !== basename(engine)) rmSync(join(compiledFolder, name), { recursive: true });
    }
    writeFileSync(publishedFile, JSON.stringify({ engine: basename(engine) }));
  }
  console.error(`signalbox: compiled engine in ${engine}`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`signalbox: ${error.message}`);
  process.exitCode = 78;
}

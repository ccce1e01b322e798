import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of package.json. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the compiled engines lie, each in a folder named by its hash. */
export const compiledFolder = join(projectRoot, 'engine', 'dist');

/** Names the compiled engine that a published package brings along. */
export const publishedFile = join(compiledFolder, 'published.json');

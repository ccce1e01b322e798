import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder of an author's own, somewhere that has nothing to do with this project. */
export interface AuthorFolder {
  readonly root: string;
  readonly dags: string;
  readonly cache: string;
  /** Writes a file by its path below the root and returns the absolute path. */
  write(path: string, content: string): string;
  remove(): void;
}

export function authorFolder(): AuthorFolder {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-author-')));
  const write = (path: string, content: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  return {
    root,
    dags: join(root, 'dags'),
    cache: join(root, 'cache'),
    write,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The text of a DAG file with one component of one line. */
export function dagText(id: string, component = "component({ id: 'only', run: async () => ({ n: 1 }) })"): string {
  return `import { component, defineDag } from 'signalbox';

export default defineDag({ id: '${id}', components: [${component}] });
`;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { projectRoot } from '../../engine/bootstrap/folders.js';

export interface Exit {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A project with this bootstrap and an engine of a few lines, so that a build takes no time and can be broken. */
export interface SmallProject {
  readonly root: string;
  write(path: string, content: string): void;
  /** Runs `node engine …args`. */
  engine(...args: string[]): Promise<Exit>;
  node(...args: string[]): Promise<Exit>;
  /** What lies in engine/dist, but for the memory of its sources. */
  compiled(): readonly string[];
  remove(): void;
}

const copied = ['engine/index.js', 'engine/bootstrap', 'engine/exports', 'package.json', 'package-lock.json'];

/** @param below a folder inside the temporary one, for a project that is installed as a package. */
export function smallProject(below = ''): SmallProject {
  const temporary = realpathSync(mkdtempSync(join(tmpdir(), 'signalbox-project-')));
  const root = join(temporary, below);
  for (const path of copied) cpSync(join(projectRoot, path), join(root, path), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  for (const name of ['esbuild', '@esbuild', 'zod']) {
    symlinkSync(join(projectRoot, 'node_modules', name), join(root, 'node_modules', name));
  }
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  write('engine/cli/main.ts', mainText);
  write('engine/cli/later.ts', laterText);
  write('engine/attempt/entry.ts', 'export {};\n');
  write('engine/sandbox/entry.ts', 'export {};\n');
  for (const name of ['api', 'embed']) write(`engine/${name}.ts`, "export { answer } from './model/answer.ts';\n");
  write('engine/model/answer.ts', 'export const answer: number = 42;\n');
  const node = (...args: string[]) => run(args, root);
  return {
    root,
    write,
    engine: (...args) => node(join(root, 'engine'), ...args),
    node,
    compiled: () => readdirSync(join(root, 'engine/dist')).filter((name) => name !== '.sources.json'),
    remove: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

const mainText = `import { answer } from '../model/answer.ts';

interface Options {
  readonly words: readonly string[];
}

const { words }: Options = { words: process.argv.slice(2) };
if (words[0] === 'throw') throw new Error('thrown on purpose');
if (words[0] === 'later') {
  void import('./later.ts').then(({ later }) => console.log(later));
} else {
  console.log(['answer', answer, ...words].join(' '));
}
`;

const laterText = `import { sep } from 'node:path';

console.log('initialised');
export const later: string = sep === '' ? '' : 'loaded later';
`;

async function run(args: readonly string[], cwd: string): Promise<Exit> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

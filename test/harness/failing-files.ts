import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

/** A call that concerns a file below the root, such as `fsyncSync`, `promises.rename`, `handle.sync`, `callback.write`. */
export interface FileCall {
  readonly name: string;
  readonly path: string;
}

export interface FailingFiles {
  /** From now on the `at`-th call below `root` fails with `code`, and no other; 0: none. */
  arm(root: string, at: number, code: string): void;
  /** Those below the root since it was armed. */
  readonly calls: readonly FileCall[];
  /** The one that failed. */
  readonly failed: FileCall | undefined;
  /** Called when it fails. */
  onFailed: (call: FileCall) => void;
  /** Puts the real calls back. */
  restore(): void;
}

type Call = (this: unknown, ...args: unknown[]) => unknown;
/** The same with what it is called on told apart. */
type Guarded = (self: unknown, args: readonly unknown[]) => unknown;

const byPath = 'open mkdir link rename rm unlink stat lstat writeFile readFile readdir'.split(' ');
const byDescriptor = 'fsync close write read fstat'.split(' ');
const byHandle = 'writeFile appendFile write read readFile sync stat'.split(' ');

/**
 * Lets a call on a file fail that would have gone well, in this process: those of `node:fs`, with callbacks as streams use
 * them too, of `node:fs/promises`, and of the handles that these open. What is closed is closed all the same.
 */
export async function failingFiles(): Promise<FailingFiles> {
  const faults = new Faults();
  for (const name of byPath) {
    faults.replace(fs, `${name}Sync`, (real) => faults.sync(`${name}Sync`, real));
    faults.replace(fs, name, (real) => faults.callback(name, real));
    faults.replace(promises, name, (real) => faults.promised(`promises.${name}`, real));
  }
  for (const name of byDescriptor) {
    faults.replace(fs, `${name}Sync`, (real) => faults.sync(`${name}Sync`, real));
    faults.replace(fs, name, (real) => faults.callback(name, real));
  }
  faults.replace(fs, 'writev', (real) => faults.callback('writev', real));
  const handle = await promises.open('/dev/null');
  const prototype = Object.getPrototypeOf(handle) as object;
  await handle.close();
  for (const name of byHandle) faults.replace(prototype, name, (real) => faults.promised(`handle.${name}`, real));
  syncBuiltinESMExports();
  return faults;
}

class Faults implements FailingFiles {
  onFailed: (call: FileCall) => void = () => undefined;
  #armed = { root: '', at: 0, code: '' };
  #calls: FileCall[] = [];
  #failed: FileCall | undefined;
  /** Of what is open: descriptor or handle. */
  readonly #paths = new Map<unknown, string>();
  readonly #undo: (() => void)[] = [];

  get calls(): readonly FileCall[] {
    return this.#calls;
  }

  get failed(): FileCall | undefined {
    return this.#failed;
  }

  arm(root: string, at: number, code: string): void {
    this.#armed = { root: root === '' ? '' : resolve(root), at, code };
    this.#calls = [];
    this.#failed = undefined;
  }

  restore(): void {
    for (const back of this.#undo) back();
    syncBuiltinESMExports();
  }

  replace(target: object, name: string, make: (real: Guarded) => Guarded): void {
    const holder = target as Record<string, Call>;
    const real = holder[name];
    if (!real) throw new Error(`Node has no ${name}`);
    const guarded = make((self, args) => real.apply(self, [...args]));
    holder[name] = function (...args) {
      return guarded(this, args);
    };
    this.#undo.push(() => {
      holder[name] = real;
    });
  }

  sync(name: string, real: Guarded): Guarded {
    return (self, args) => {
      const path = this.#pathOf(args);
      const refusal = this.#refusalOf(name, path);
      if (refusal && name !== 'closeSync') throw refusal;
      const result = real(self, args);
      if (name === 'openSync') this.#note(result, path);
      if (name === 'closeSync') this.#paths.delete(args[0]);
      if (refusal) throw refusal;
      return result;
    };
  }

  callback(name: string, real: Guarded): Guarded {
    return (self, args) => {
      const done = args.at(-1);
      const path = this.#pathOf(args);
      if (typeof done !== 'function') return real(self, args);
      const refusal = this.#refusalOf(`callback.${name}`, path);
      const told = (error: unknown, ...more: unknown[]) => {
        if (name === 'open' && !error) this.#note(more[0], path);
        done(refusal ?? error, ...more);
      };
      if (name === 'close') this.#paths.delete(args[0]);
      if (refusal && name !== 'close') return process.nextTick(told, refusal);
      return real(self, [...args.slice(0, -1), told]);
    };
  }

  promised(name: string, real: Guarded): Guarded {
    return async (self, args) => {
      const path = this.#paths.get(self) ?? this.#pathOf(args);
      const refusal = this.#refusalOf(name, path);
      if (refusal) throw refusal;
      const result = await real(self, args);
      if (name === 'promises.open') this.#open(result as FileHandle, path);
      return result;
    };
  }

  /** `close` is each handle's own. */
  #open(handle: FileHandle, path: string | undefined): void {
    this.#note(handle, path);
    const close = handle.close.bind(handle);
    handle.close = async () => {
      const refusal = this.#refusalOf('handle.close', path);
      await close();
      if (refusal) throw refusal;
    };
  }

  #note(open: unknown, path: string | undefined): void {
    if (path !== undefined) this.#paths.set(open, path);
  }

  /** A link and a rename concern two paths; the second one is made. */
  #pathOf([first, second]: readonly unknown[]): string | undefined {
    const named = [second, first].find((arg) => typeof arg === 'string' && arg.startsWith(sep));
    return (named as string | undefined) ?? this.#paths.get(first);
  }

  /** Undefined when the call may go on. */
  #refusalOf(name: string, path: string | undefined): Error | undefined {
    const { root, at, code } = this.#armed;
    if (root === '' || path === undefined || !(path === root || path.startsWith(root + sep))) return undefined;
    this.#calls.push({ name, path });
    if (this.#calls.length !== at) return undefined;
    this.#failed = { name, path };
    this.onFailed(this.#failed);
    return Object.assign(new Error(`${code}: made to fail, ${name}`), { code });
  }
}

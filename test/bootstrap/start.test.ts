import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SmallProject, smallProject } from './small-project.ts';

let project: SmallProject;

beforeEach(() => {
  project = smallProject();
});
afterEach(() => project.remove());

const hash = /^[0-9a-f]{16}$/;
const weekAgo = (weeks: number) => new Date(Date.now() - weeks * 7 * 86_400_000 - 60_000);

describe('node engine', () => {
  it('compiles the engine at the first start and uses that at the next', async () => {
    expect(await project.engine('one', 'two')).toEqual({ code: 0, stdout: 'answer 42 one two\n', stderr: '' });
    const [name, ...others] = project.compiled();
    expect(name).toMatch(hash);
    expect(others).toEqual([]);
    const script = join(project.root, 'engine/dist', name ?? '', 'engine.cjs');
    // The next start runs what is there, not something it makes anew.
    writeFileSync(script, readFileSync(script, 'utf8').replace('answer"', 'kept"'));
    expect((await project.engine()).stdout).toBe('kept 42\n');
  });

  it('loads a part of the engine only when it is asked for', async () => {
    expect((await project.engine('later')).stdout).toBe('initialised\nloaded later\n');
    expect((await project.engine()).stdout).toBe('answer 42\n');
  });

  describe('and the code that V8 compiles', () => {
    const folder = () => join(project.root, 'engine/dist', project.compiled()[0] ?? '');
    const kept = () => join(folder(), '.compiled', `main-${process.version}-${process.arch}.bin`);

    it('is kept by a process that ended well, and taken by the next', async () => {
      await project.engine('throw');
      expect(existsSync(kept())).toBe(false);
      await project.engine();
      const script = join(folder(), 'engine.cjs');
      // Of equal length, so that V8 takes the kept code for that of this text.
      writeFileSync(script, readFileSync(script, 'utf8').replace('"answer"', '"AN5WER"'));
      expect((await project.engine()).stdout).toBe('answer 42\n');
      rmSync(kept());
      expect((await project.engine()).stdout).toBe('AN5WER 42\n');
    });

    it('is kept anew by a process that initialised more, not by one that did less', async () => {
      await project.engine();
      const first = readFileSync(kept());
      await project.engine('later');
      const second = readFileSync(kept());
      expect(second.length).toBeGreaterThan(first.length);
      await project.engine();
      expect(readFileSync(kept()).equals(second)).toBe(true);
    });

    it('is compiled again where it is damaged', async () => {
      await project.engine();
      const good = readFileSync(kept());
      const damaged = Buffer.from(good).fill(0x55, 1_000, 1_010);
      for (const bad of [Buffer.alloc(0), Buffer.from('nonsense'), good.subarray(0, good.length / 2), damaged]) {
        writeFileSync(kept(), bad);
        expect(await project.engine()).toEqual({ code: 0, stdout: 'answer 42\n', stderr: '' });
        expect(readFileSync(kept()).length).toBeGreaterThan(good.length * 0.9);
      }
    });
  });

  it('compiles again when a source changed, and finds the old engine again when it changed back', async () => {
    await project.engine();
    const before = project.compiled();
    project.write('engine/model/answer.ts', 'export const answer: number = 43;\n');
    expect((await project.engine()).stdout).toBe('answer 43\n');
    expect(project.compiled().length).toBe(2);
    project.write('engine/model/answer.ts', 'export const answer: number = 42;\n');
    expect((await project.engine()).stdout).toBe('answer 42\n');
    expect(project.compiled()).toEqual(expect.arrayContaining([...before]));
    expect(project.compiled().length).toBe(2);
  });

  it('notices a change also when it trusts the state of the files', async () => {
    await project.engine();
    const memory = join(project.root, 'engine/dist/.sources.json');
    await project.engine();
    const { checkedMs, ...remembered } = JSON.parse(readFileSync(memory, 'utf8'));
    // As if the files had been looked at an hour later: then their states are trusted.
    const later = JSON.stringify({ ...remembered, checkedMs: checkedMs + 3_600_000 });
    writeFileSync(memory, later);
    expect((await project.engine()).stdout).toBe('answer 42\n');
    expect(readFileSync(memory, 'utf8')).toBe(later);
    const source = join(project.root, 'engine/model/answer.ts');
    const { atime, mtime } = statSync(source);
    project.write('engine/model/answer.ts', 'export const answer: number = 43;\n');
    utimesSync(source, atime, mtime);
    expect((await project.engine()).stdout).toBe('answer 43\n');
  });

  it('compiles again when other packages were installed', async () => {
    await project.engine();
    project.write('node_modules/.package-lock.json', '{ "packages": {} }');
    await project.engine();
    expect(project.compiled().length).toBe(2);
  });

  it('started many times at once compiles once, and every start runs', async () => {
    const exits = await Promise.all(Array.from({ length: 6 }, (_, index) => project.engine(String(index))));
    expect(exits.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 6 }, (_, index) => `answer 42 ${index}\n`));
    expect(project.compiled().filter((name) => !hash.test(name))).toEqual([]);
    expect(project.compiled().length).toBe(1);
  });

  it('overtakes a builder that is gone', async () => {
    project.write('engine/dist/.building', '999999999');
    expect((await project.engine()).code).toBe(0);
    expect(project.compiled().filter((name) => !hash.test(name))).toEqual([]);
  });

  it('names the TypeScript line of what is thrown', async () => {
    const { code, stderr } = await project.engine('throw');
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(project.root, 'engine/cli/main.ts')}:8:`);
  });

  it("tells what is wrong with an engine that does not compile, in esbuild's words, and leaves nothing behind", async () => {
    project.write('engine/model/answer.ts', 'export const answer: number = ;\n');
    const { code, stderr } = await project.engine();
    expect(code).toBe(78);
    expect(stderr).toContain('signalbox: the engine does not compile.');
    expect(stderr).toContain('engine/model/answer.ts:1:30');
    expect(stderr).toContain('Unexpected ";"');
    expect(project.compiled()).toEqual([]);
  });

  it('refuses a source that does not count in the hash', async () => {
    project.write('dags/constant.ts', 'export const constant = 1;\n');
    project.write('engine/model/answer.ts', "export { constant as answer } from '../../dags/constant.ts';\n");
    const { code, stderr } = await project.engine();
    expect(code).toBe(78);
    expect(stderr).toContain('dags/constant.ts is imported from there');
  });

  it('says what to do when the packages are not installed', async () => {
    rmSync(join(project.root, 'node_modules'), { recursive: true });
    const { code, stderr } = await project.engine();
    expect(code).toBe(78);
    expect(stderr).toBe('signalbox: the packages are not installed. Run `npm ci` in the folder of package.json.\n');
  });

  it('removes old engines, but not the newest three and none that was used within a week', async () => {
    const old = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(16));
    for (const [weeks, name] of old.entries()) {
      project.write(`engine/dist/${name}/main.js`, '');
      // a: now, b: a week ago, … e: four weeks ago.
      utimesSync(join(project.root, 'engine/dist', name), weekAgo(weeks), weekAgo(weeks));
    }
    await project.engine();
    expect(project.compiled().filter((name) => old.includes(name))).toEqual([old[0], old[1]]);
  });

  it('marks the engine it uses, so that it is not removed', async () => {
    await project.engine();
    const engine = join(project.root, 'engine/dist', project.compiled()[0] ?? '');
    utimesSync(engine, weekAgo(5), weekAgo(5));
    await project.engine();
    expect(statSync(engine).mtimeMs).toBeGreaterThan(weekAgo(1).getTime());
  });

  it('refuses a Node that is too old, in one line', async () => {
    project.write('old.mjs', "Object.defineProperty(process, 'versions', { value: { node: '20.18.3' } });\n");
    const { code, stderr, stdout } = await project.node('--import', './old.mjs', 'engine');
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toBe(
      'signalbox: expected Node 20.19 or newer, got 20.18.3. Install a newer Node and run this again.\n',
    );
  });
});

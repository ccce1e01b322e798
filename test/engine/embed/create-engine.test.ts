import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type * as Authoring from '../../../engine/api.ts';
import type * as Embedding from '../../../engine/embed.ts';
import { buildEngine } from '../../harness/engine.ts';
import { createDatabase, type TestDatabase } from '../../harness/postgres.ts';
import { isAlive } from '../../harness/run-processes.ts';
import { temporaryRoot } from '../../harness/temporary-root.ts';

const dagFiles = [
  new URL('./fixtures/dags/numbers.ts', import.meta.url),
  new URL('./fixtures/dags/locked.ts', import.meta.url),
];
const embedder = fileURLToPath(new URL('./fixtures/embedder.js', import.meta.url));

let api: typeof Authoring;
let embed: typeof Embedding;
let database: TestDatabase;
let home: string;
/** A project of somebody's, far from this one. */
let directory: string;

beforeAll(async () => {
  const engine = await buildEngine();
  // The compiled engine, since that is what embedders get; children and DAG files are found beside it.
  api = (await import(pathToFileURL(join(engine, 'api.js')).href)) as typeof Authoring;
  embed = (await import(pathToFileURL(join(engine, 'embed.js')).href)) as typeof Embedding;
  database = await createDatabase();
  directory = realpathSync(mkdtempSync(join(temporaryRoot(), 'signalbox-project-')));
  mkdirSync(join(directory, 'dags'));
  for (const file of dagFiles) copyFileSync(file, join(directory, 'dags', basename(file.pathname)));
  writeFileSync(join(directory, 'package.json'), '{ "name": "somebodys", "private": true }');
  home = realpathSync(mkdtempSync(join(temporaryRoot(), 'signalbox-embed-')));
});
afterAll(async () => {
  await database.drop();
  for (const folder of [home, directory]) rmSync(folder, { recursive: true, force: true });
});

describe('an engine by URL', () => {
  let engine: Embedding.Engine;

  beforeEach(() => {
    engine = embed.createEngine({ environment: 'dev', directory, home, databaseUrl: database.url });
    return () => engine.close();
  });

  test('runs a DAG of a file in children, by its id, and tells of it', async () => {
    const events: Embedding.RunEvent[] = [];
    const stopListening = engine.on((event) => events.push(event));
    const summary = await engine.run('numbers');
    expect(summary).toMatchObject({ status: 'success', environment: 'dev', counts: { success: 3 } });
    const [count, twice] = summary.components;
    expect(twice?.published?.output).toEqual({ sum: 12 });
    const { pid = 0 } = (count?.published?.output ?? {}) as { pid?: number };
    expect(pid).not.toBe(process.pid);
    expect(isAlive(pid)).toBe(false);
    const lines = events.flatMap((event) =>
      event.type === 'attempt_logged' ? [`${event.component}: ${event.message}`] : [],
    );
    expect(lines).toContain('count: counting up to 3');
    expect(lines).toContain('list: usr');
    const heard = events.length;
    stopListening();
    await engine.run('numbers', { components: ['count'] });
    expect(events).toHaveLength(heard);
  });

  test('runs a DAG by the path of its file', async () => {
    const summary = await engine.run(join(directory, 'dags', 'numbers.ts'), { components: ['count'] });
    expect(summary.components.map(({ status }) => status)).toEqual(['success', 'skipped', 'skipped']);
  });

  test('cannot tell the code of a DAG that was made in this process', async () => {
    const coded = api.component({ id: 'coded', isolation: 'inline', version: 'code', run: async () => null });
    const running = engine.run(api.defineDag({ id: 'made', components: [coded] }));
    await expect(running).rejects.toThrow('got `code` of coded');
  });

  test('runs a DAG that was made in this process', async () => {
    const hello = api.component({ id: 'hello', isolation: 'inline', run: async () => ({ pid: process.pid }) });
    const summary = await engine.run(api.defineDag({ id: 'inline', components: [hello] }));
    expect(summary.components[0]?.published?.output).toEqual({ pid: process.pid });
  });

  test('refuses to send a function of this process to another one', async () => {
    const isolated = api.component({ id: 'isolated', run: async () => null });
    const dag = api.defineDag({ id: 'isolated', components: [isolated] });
    await expect(engine.run(dag)).rejects.toMatchObject({
      name: 'EngineError',
      exitCode: 2,
      message: expect.stringContaining("isolation: 'inline'"),
      hint: expect.stringContaining('file'),
    });
  });

  test('names the secrets that are missing before anything runs', async () => {
    const events: unknown[] = [];
    engine.on((event) => events.push(event));
    await expect(engine.run('locked')).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining('NOBODY_HAS_THIS_KEY (for locked)'),
    });
    expect(events).toEqual([]);
  });

  test('refuses a component that is not there, and means to know which was meant', async () => {
    await expect(engine.run('numbers', { components: ['cuont'] })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('did you mean `count`?'),
    });
  });

  test('refuses a DAG that is not there', async () => {
    await expect(engine.run('nubmers')).rejects.toThrow(/numbers/);
  });

  test('a listener that throws harms no run, and is heard where Node hears it', async () => {
    const thrown: unknown[] = [];
    const former = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => thrown.push(error));
    const others: string[] = [];
    engine.on(({ type }) => {
      if (type === 'component_finished') throw new Error('a bug of the embedder’s');
    });
    engine.on(({ type }) => others.push(type));
    const hello = api.component({ id: 'hello', isolation: 'inline', run: async () => null });
    const summary = await engine.run(api.defineDag({ id: 'listened', components: [hello] }));
    process.removeAllListeners('uncaughtException');
    for (const listener of former) process.on('uncaughtException', listener);
    expect(summary.status).toBe('success');
    expect(others).toEqual([
      'run_started',
      'attempt_started',
      'attempt_finished',
      'component_finished',
      'run_finished',
    ]);
    expect(thrown).toMatchObject([{ message: 'a bug of the embedder’s' }]);
  });

  test('can be stopped, and closed twice', async () => {
    const stop = new AbortController();
    const endless = api.component({
      id: 'endless',
      isolation: 'inline',
      run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    engine.on(({ type }) => {
      if (type === 'attempt_started') stop.abort('interrupted');
    });
    const summary = await engine.run(api.defineDag({ id: 'endless', components: [endless] }), { signal: stop.signal });
    expect(summary).toMatchObject({ status: 'cancelled', reason: 'interrupted' });
    await engine.close();
  });

  test('several runs at once share the engine', async () => {
    const three = ['one', 'two', 'three'].map((id) =>
      api.defineDag({ id, components: [api.component({ id: 'only', isolation: 'inline', run: async () => id })] }),
    );
    const summaries = await Promise.all(three.map((dag) => engine.run(dag)));
    expect(summaries.map(({ dag, status }) => `${dag} ${status}`)).toEqual([
      'one success',
      'two success',
      'three success',
    ]);
  });
});

describe('what it refuses to guess', () => {
  test.each([undefined, ''])('an environment that is %j', (environment) => {
    expect(() => embed.createEngine({ environment: environment as string, directory, home })).toThrow(
      expect.objectContaining({ name: 'EngineError', exitCode: 78 }),
    );
  });

  test('an environment nobody knows', () => {
    expect(() => embed.createEngine({ environment: 'production', directory, home })).toThrow(/sandbox, dev, prd/);
  });
});

test('a database that is not there is said so, and the engine can be closed', async () => {
  const databaseUrl = 'postgres://nobody:hunter22@127.0.0.1:9/nothing';
  const engine = embed.createEngine({ environment: 'dev', directory, home, databaseUrl });
  const failure = await engine.run('numbers').catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: 'FailureError', message: expect.stringContaining('127.0.0.1:9/nothing') });
  expect(String(failure)).not.toContain('hunter22');
  await engine.close();
});

describe('a program that embeds the engine ends by itself', () => {
  async function runEmbedder(
    args: readonly string[],
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const program = spawn(process.execPath, [embedder, directory, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    program.stdout.on('data', (text: Buffer) => {
      said.stdout += text.toString();
    });
    program.stderr.on('data', (text: Buffer) => {
      said.stderr += text.toString();
    });
    const code = await new Promise<number | null>((resolve) => program.once('close', resolve));
    return { code, ...said };
  }

  test.each(['by URL', 'with the embedded server'])('%s, having printed nothing of its own', async (kind) => {
    const own = mkdtempSync(join(temporaryRoot(), 'signalbox-embedder-'));
    const { code, stdout, stderr } = await runEmbedder(kind === 'by URL' ? [own, database.url] : [own]);
    expect(stderr).toBe('');
    const { events, ...statuses } = JSON.parse(stdout) as { events: string[] };
    expect(statuses).toEqual({ own: 'success', file: 'success' });
    expect(events.filter((type) => type === 'run_finished')).toHaveLength(2);
    expect(code).toBe(0);
    const left = readdirSync(own, { recursive: true, encoding: 'utf8' });
    expect(left.filter((path) => path.endsWith('postmaster.pid'))).toEqual([]);
    rmSync(own, { recursive: true, force: true });
  });
});

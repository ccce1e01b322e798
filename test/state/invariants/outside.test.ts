import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tokenVariable } from '../../../engine/model/messages.ts';
import { checkInvariants } from '../../../state/invariants/check-invariants.ts';
import { datasetOf, finishOf, makeClaimed, startOf, successOf, useScenario } from '../scenario.ts';

/** What is looked at outside of the database, with the database that knows of it. */

const scenario = useScenario();
const environment = 'prd';
let client: Client;
let storageRoot: string;

beforeAll(async () => {
  client = new Client({ ...scenario().database.config, query_timeout: 10_000 });
  await client.connect();
  await client.query('set search_path to signalbox');
  storageRoot = mkdtempSync(join(tmpdir(), 'signalbox-invariants-'));
});
afterEach(() => {
  rmSync(storageRoot, { recursive: true, force: true });
  return client.query('truncate run, component_run, attempt, decision, claim, source_state, dag_version cascade');
});
afterAll(() => client.end());

const check = (options: { readonly deep?: boolean; readonly patienceMs?: number } = {}) =>
  checkInvariants(client, { storage: [{ environment, storageRoot }], ...options });

function write(path: string, content: string): string {
  mkdirSync(dirname(join(storageRoot, path)), { recursive: true });
  writeFileSync(join(storageRoot, path), content);
  return join(storageRoot, path);
}

async function publish(content: string) {
  const claimed = await makeClaimed(scenario());
  const start = startOf(claimed, scenario().owner);
  const version = {
    ...datasetOf(claimed.run, claimed.componentRunId, 'stops'),
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  const file = write(version.path, content);
  write('curated/stops/_latest.json', '{}');
  await scenario().state.runs.startAttempt(start);
  await scenario().state.runs.finishAttempt(finishOf(start, { success: successOf({ datasets: [version] }) }));
  await scenario().state.runs.finishRun({
    owner: scenario().owner.id,
    id: claimed.run.id,
    status: 'success',
    finishedAt: new Date(),
  });
  return { ...claimed, file, version };
}

describe('published files', () => {
  it('that are in their places are fine, also when they are read', async () => {
    await publish('rows');
    expect(await check({ deep: true })).toEqual([]);
  });

  it('that are gone or have another size are named, with the run that makes them again', async () => {
    const { file, run } = await publish('rows');
    writeFileSync(file, 'row');
    expect(await check()).toMatchObject([
      {
        invariant: 'versions-have-their-file',
        found: expect.stringMatching(/stops\/.*parquet of version .* of stops .* has 3 bytes in place of 4$/),
        mend: `node engine run --dag ${run.dag} --env prd --component a`,
      },
    ]);
    rmSync(file);
    expect((await check())[0]?.found).toMatch(/ is gone$/);
  });

  it('of an older version can be forgotten', async () => {
    const { file, run } = await publish('rows');
    await client.query('update claim set component_run_id = $2 where dag = $1', [run.dag, run.id]);
    rmSync(file);
    const [found] = await check();
    await client.query(/db shell -c "(.*)"$/.exec(found?.mend ?? '')?.[1] ?? '');
    expect(await check()).toEqual([]);
  });

  it('with other content are found when they are read', async () => {
    const { file } = await publish('rows');
    writeFileSync(file, 'ruin');
    expect(await check()).toEqual([]);
    expect((await check({ deep: true }))[0]?.found).toMatch(/has sha256 [0-9a-f]{64} in place of [0-9a-f]{64}$/);
  });

  it('of no version are named, unless somebody may be publishing them right now', async () => {
    const file = write('curated/stops/stops_20300101T000000Z.parquet', 'rows');
    expect(await check({ patienceMs: 60_000 })).toEqual([]);
    expect(await check()).toMatchObject([
      {
        invariant: 'files-have-their-version',
        found: `${file} is of no version`,
        mend: expect.stringMatching(/: rm '.*'$/),
      },
    ]);
  });
});

describe('folders of attempts', () => {
  it('are named when the attempt is over, and not while it is live', async () => {
    const { run, fence, componentRunId } = await makeClaimed(scenario());
    write(`scratch/${run.dag}.a.${fence}.1/spill`, '');
    write(`curated/.staging/${run.dag}.a.${fence + 1}.1/stops.parquet`, '');
    expect(await check()).toMatchObject([
      {
        invariant: 'nothing-is-left-of-the-dead',
        found: expect.stringContaining(`${run.dag}.a.${fence + 1}.1 is of an attempt that is over`),
        mend: `Its next run sweeps it: node engine run --dag ${run.dag} --env prd --component a`,
      },
    ]);
    const finishedAt = new Date();
    const decision = { verdict: 'skip', reason: 'not_due', checks: [] } as const;
    const end = { status: 'skipped', reason: 'not_due', finishedAt, degraded: false, decision } as const;
    await scenario().state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, fence, ...end });
    expect(await check()).toHaveLength(2);
    expect(await check({ patienceMs: 60_000 })).toEqual([]);
  });

  it('that are no such folders are named, too', async () => {
    write('scratch/notes', '');
    expect((await check())[0]?.mend).toMatch(/rm -r '.*scratch\/notes'$/);
  });
});

describe.runIf(process.platform === 'linux')('the process of an attempt', () => {
  it('may rest after a success, and is named when its engine is gone', async () => {
    const child = spawn('sleep', ['600'], { env: { PATH: process.env.PATH, [tokenVariable]: 'marked' } });
    await once(child, 'spawn');
    const { state } = scenario();
    const owner = await state.owners.register();
    const claimed = await makeClaimed({ state, owner });
    const start = startOf(claimed, owner, { pid: child.pid ?? 0 });
    await state.runs.startAttempt(start);
    await state.runs.finishAttempt(finishOf(start));
    await state.runs.finishRun({
      owner: owner.id,
      id: claimed.run.id,
      status: 'success',
      finishedAt: new Date(),
    });
    expect(await check()).toEqual([]);
    await state.owners.retire(owner);
    expect(await check()).toMatchObject([
      {
        invariant: 'ended-attempts-have-no-process',
        found: expect.stringMatching(new RegExp(`^process ${child.pid} of attempt ${start.attemptId} .* is alive$`)),
        mend: `kill -9 ${child.pid}`,
      },
    ]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await check()).toEqual([]);
  });
});

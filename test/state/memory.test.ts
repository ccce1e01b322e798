import { describe, expect, it } from 'vitest';
import type { AttemptFinish, NewRun, SuccessRecord } from '../../engine/model/ports.ts';
import { newId } from '../../state/new-id.ts';
import { claimAll, datasetOf, finishOf, makeClaimed, makeRun, startOf, successOf, useScenario } from './scenario.ts';

const scenario = useScenario();
const dagName = () => `dag-${newId()}`;
const evidenceOf = (digest: string) => [
  { source: 'feed', parts: [{ digest, sha256: digest, bytes: 1, etag: `"${digest}"`, notModified: false }] },
];

/** One run of component `a`, from claim to end. */
async function runOnce(
  dag: string,
  success: Partial<SuccessRecord>,
  finish: Partial<AttemptFinish> = {},
  extras: Partial<NewRun> = {},
) {
  const { state, owner } = scenario();
  const claimed = await makeClaimed(scenario(), { dag, extras });
  const start = startOf(claimed, owner);
  await state.runs.startAttempt(start);
  const isFinished = await state.runs.finishAttempt(finishOf(start, { success: successOf(success), ...finish }));
  expect(isFinished).toBe(true);
  return claimed;
}

describe('lastSuccesses', () => {
  it('is empty where nothing ever succeeded', async () => {
    const dag = dagName();
    await runOnce(dag, {}, { componentStatus: 'failed', attemptStatus: 'failed' });
    expect((await scenario().state.memory.lastSuccesses({ environment: 'prd', dag })).size).toBe(0);
  });

  it('gives what the newest success left, datasets and evidence with it', async () => {
    const { state } = scenario();
    const dag = dagName();
    const asOf = new Date('2026-03-01T10:00:00Z');
    await runOnce(dag, { outputDigest: 'old', evidence: evidenceOf('old') }, {}, { asOf: new Date(0) });
    const claimed = await makeClaimed(scenario(), { dag, extras: { asOf } });
    const datasets = ['trips', 'stops'].map((name) => datasetOf(claimed.run, claimed.componentRunId, name));
    const success = successOf({
      outputDigest: 'new',
      evidence: evidenceOf('new'),
      datasets,
      upstreamDigests: { up: 'x' },
    });
    const start = startOf(claimed, scenario().owner);
    const finish = finishOf(start, { success });
    await Promise.all([state.runs.startAttempt(start), state.runs.finishAttempt(finish)]);

    const last = (await state.memory.lastSuccesses({ environment: 'prd', dag })).get('a');
    expect(last).toEqual({
      component: 'a',
      componentRunId: claimed.componentRunId,
      finishedAt: finish.finishedAt,
      output: success.output,
      outputDigest: 'new',
      fingerprint: success.fingerprint,
      upstreamDigests: { up: 'x' },
      trust: {},
      skips: 0,
      evidence: evidenceOf('new'),
      datasets: [datasets[1], datasets[0]],
      answeredUntil: asOf,
    });
  });

  it('keeps the evidence through a failure, and takes fresh validators from an unchanged end', async () => {
    const { state } = scenario();
    const dag = dagName();
    const scope = { environment: 'prd', dag };
    const first = await runOnce(dag, { evidence: evidenceOf('one') });
    await runOnce(dag, {}, { componentStatus: 'failed', attemptStatus: 'failed' });
    expect((await state.memory.lastSuccesses(scope)).get('a')?.evidence).toEqual(evidenceOf('one'));
    const { componentRunId, fence } = await makeClaimed(scenario(), { dag });
    const end = { status: 'unchanged', reason: 'same', finishedAt: new Date(), degraded: false } as const;
    const evidence = evidenceOf('two');
    expect(
      await state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, fence, evidence, ...end }),
    ).toBe(true);
    expect((await state.memory.lastSuccesses(scope)).get('a')).toMatchObject({
      componentRunId: first.componentRunId,
      evidence,
    });
  });

  it('forgets the evidence of a source that the newest success no longer has', async () => {
    const dag = dagName();
    await runOnce(dag, { evidence: evidenceOf('one') });
    await runOnce(dag, { evidence: [] });
    const last = await scenario().state.memory.lastSuccesses({ environment: 'prd', dag });
    expect(last.get('a')?.evidence).toEqual([]);
  });

  it('tells up to when slots are answered: by successes and by what was unchanged, never backwards', async () => {
    const { state } = scenario();
    const dag = dagName();
    const at = (hour: number) => new Date(Date.UTC(2026, 2, 1, hour));
    const answered = async () =>
      (await state.memory.lastSuccesses({ environment: 'prd', dag })).get('a')?.answeredUntil;
    await runOnce(dag, {}, {}, { asOf: at(3) });
    expect(await answered()).toEqual(at(3));
    const { componentRunId, fence } = await makeClaimed(scenario(), { dag, extras: { asOf: at(5) } });
    expect(await answered()).toEqual(at(3));
    const end = { status: 'unchanged', reason: 'same', finishedAt: new Date(), degraded: false } as const;
    await state.runs.endComponentRun({ owner: scenario().owner.id, componentRunId, fence, ...end });
    expect(await answered()).toEqual(at(5));
    await runOnce(dag, {}, { componentStatus: 'failed', attemptStatus: 'failed' }, { asOf: at(6) });
    await runOnce(dag, {}, {}, { asOf: at(4) });
    expect(await answered()).toEqual(at(5));
  });

  it('passes over a run that does not advance, while it holds the claim and after', async () => {
    const { state } = scenario();
    const dag = dagName();
    const last = async () => (await state.memory.lastSuccesses({ environment: 'prd', dag })).get('a');
    await runOnce(dag, { outputDigest: 'live', evidence: evidenceOf('live') });
    const before = await last();
    await runOnce(
      dag,
      { outputDigest: 'old', evidence: evidenceOf('old') },
      {},
      { advances: false, trigger: 'backfill' },
    );
    expect(await last()).toEqual(before);
    await makeClaimed(scenario(), { dag });
    expect(await last()).toEqual(before);
    expect(before).toMatchObject({ outputDigest: 'live', evidence: evidenceOf('live') });
  });

  it('keeps environments, DAGs and the components asked for apart', async () => {
    const { state, owner } = scenario();
    const dag = dagName();
    const run = await makeRun(scenario(), { dag, components: ['a', 'b', 'c'] });
    const { fences } = await claimAll(scenario(), run);
    for (const component of ['a', 'b']) {
      const componentRunId = run.ids.get(component) ?? '';
      const start = startOf({ componentRunId, fence: fences.get(component) ?? 0 }, owner);
      await state.runs.startAttempt(start);
      await state.runs.finishAttempt(finishOf(start));
    }
    const keys = async (environment: string, components?: readonly string[]) => [
      ...(await state.memory.lastSuccesses({ environment, dag }, components)).keys(),
    ];
    expect((await keys('prd')).toSorted((left, right) => left.localeCompare(right))).toEqual(['a', 'b']);
    expect(await keys('prd', ['b', 'c'])).toEqual(['b']);
    expect(await keys('prd', [])).toEqual([]);
    expect(await keys('dev')).toEqual([]);
  });
});

describe('publishedPaths', () => {
  it('are those that the manifest of the environment has', async () => {
    const dag = dagName();
    const run = await makeRun(scenario(), { dag, components: ['a'] });
    const { fences } = await claimAll(scenario(), run);
    const componentRunId = run.ids.get('a') ?? '';
    const start = startOf({ componentRunId, fence: fences.get('a') ?? 0 }, scenario().owner);
    await scenario().state.runs.startAttempt(start);
    const version = datasetOf(run, componentRunId, 'stops');
    await scenario().state.runs.finishAttempt(finishOf(start, { success: successOf({ datasets: [version] }) }));
    const { memory } = scenario().state;
    expect([...(await memory.publishedPaths('prd', [version.path, 'curated/stops/other.parquet']))]).toEqual([
      version.path,
    ]);
    expect([...(await memory.publishedPaths('dev', [version.path]))]).toEqual([]);
    expect([...(await memory.publishedPaths('prd', []))]).toEqual([]);
  });
});

describe('typicalDurationsMs', () => {
  it('is the median of the last successes', async () => {
    const dag = dagName();
    for (const wallMs of [10, 1_000, 30]) await runOnce(dag, {}, { metrics: { wallMs } });
    await runOnce(dag, {}, { metrics: { wallMs: 9_999 }, componentStatus: 'failed', attemptStatus: 'failed' });
    const durations = await scenario().state.memory.typicalDurationsMs({ environment: 'prd', dag });
    expect([...durations]).toEqual([['a', 30]]);
  });
});

import { datasetOf, finishOf, makeClaimed, type RunWish, type Scenario, startOf, successOf } from '../scenario.ts';

type Parts = Pick<Scenario, 'state' | 'owner'>;

/** A run of one component, whose attempt goes on. */
export async function workingRun(scenario: Parts, wish: RunWish) {
  const claimed = await makeClaimed(scenario, wish);
  const start = startOf(claimed, scenario.owner);
  await scenario.state.runs.startAttempt(start);
  return { ...claimed, start };
}

/** A run of one component, a success with a dataset and evidence. */
export async function doneRun(scenario: Parts, wish: RunWish) {
  const working = await workingRun(scenario, wish);
  const { run, componentRunId, start } = working;
  const datasets = [datasetOf(run, componentRunId, 'stops')];
  const evidence = [{ source: 'feed', parts: [] }];
  await scenario.state.runs.finishAttempt(finishOf(start, { success: successOf({ datasets, evidence }) }));
  await scenario.state.runs.finishRun({
    owner: scenario.owner.id,
    id: run.id,
    status: 'success',
    finishedAt: new Date(),
  });
  return { ...working, version: datasets[0]?.id ?? '' };
}

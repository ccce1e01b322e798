import { expect, it } from 'vitest';
import { component, defineDag } from '../../../engine/api.ts';
import { scheduleProblems } from '../../../engine/schedule/schedule-problems.ts';

const dag = defineDag({
  id: 'nightly',
  schedule: '0 3 * * MON-FRI',
  components: [component({ id: 'a', cron: '@daily', run: async () => null })],
});

it('finds nothing in what defineDag takes: both agree', () => {
  expect(scheduleProblems(dag)).toEqual([]);
});

it('names each schedule that is not to be evaluated', () => {
  const [only] = dag.components;
  const broken = { ...dag, schedule: '61 * * * *', components: only ? [{ ...only, cron: 'H * * * *' }] : [] };
  expect(scheduleProblems(broken).map(({ path }) => path)).toEqual(['schedule', 'components.a.cron']);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandProject, commandProject } from './command-project.ts';

let project: CommandProject;

beforeAll(async () => {
  project = await commandProject();
  const talk = `async ({ log, progress, warn }) => {
    const circle = {};
    circle.self = circle;
    log.error(new TypeError('caught somewhere'));
    log.info('counted', { rows: 9007199254740993n, error: new Error('inner') });
    log.info('round', circle);
    log.info('coloured', { name: '\\u009b31m\\u202e' });
    log.info(undefined);
    progress({ done: 5n, total: 10n, unit: 'rows' });
    progress({ done: 'half', unit: 'rows' });
    warn({ code: 'odd', message: new Error('as a warning'), count: 7n });
    return 'talked';
  }`;
  project.write(
    'dags/talk.ts',
    `import { component, defineDag } from 'signalbox';
const talk: any = ${talk};
export default defineDag({ id: 'talk', components: [
  component({ id: 'here', isolation: 'inline', run: talk }),
  component({ id: 'there', run: talk }),
] });`,
  );
});
afterAll(() => project.remove());

/** Errors that were caught and the bigints of a database: TypeScript warns of them, and nothing stops them. */
it.each(['json', 'table'])('whatever a component logs, it does not end the engine (%s)', async (output) => {
  const run = await project.engine(['run', '--dag', 'talk', '--force', '--verbose', '--output', output]);
  expect(run).toMatchObject({ code: 0 });
  expect(run.stdout + run.stderr).toContain('TypeError: caught somewhere');
});

it('and what it logged is in its log as JSON', async () => {
  const { stdout } = await project.engine(['run', '--dag', 'talk', '--output', 'json']);
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { runId: string; components: object[] };
  for (const component of summary.components) {
    expect(component).toMatchObject({ status: 'success', warnings: [{ code: 'odd', count: 7 }] });
  }
  const logs = await project.engine(['logs', summary.runId, 'there', '--output', 'json']);
  const [{ lines }] = JSON.parse(logs.stdout) as [{ lines: { message: string; fields?: object }[] }];
  const shown = await project.engine(['logs', summary.runId]);
  expect(shown.stdout).toContain('{"name":"\uFFFD31m\uFFFD"}');
  const counted = lines.find(({ message }) => message === 'counted');
  expect(counted?.fields).toMatchObject({
    rows: '9007199254740993',
    error: expect.stringContaining('Error: inner') as string,
  });
  expect(lines.find(({ message }) => message === 'round')?.fields).toMatchObject({
    inspected: expect.stringContaining('Circular') as string,
  });
});

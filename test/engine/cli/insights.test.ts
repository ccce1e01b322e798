import { utimesSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../engine/model/finding.ts';
import { type CommandProject, commandProject, inlineDag } from './command-project.ts';

let project: CommandProject;

const stops = `{
  id: 'stops',
  sources: () => [{ kind: 'file', id: 'list', path: 'stops.csv', auditEvery: 1 }],
  run: async ({ source }) => (await source('list')).parts.length,
}`;

/** Always under the same stamp, as some tools that copy files leave them. */
function write(text: string): void {
  utimesSync(project.write('stops.csv', text), 1_600_000_000, 1_600_000_000);
}

const run = () => project.engine(['run', '--dag', 'sources']);

beforeAll(async () => {
  project = await commandProject();
  project.write('dags/sources.ts', inlineDag('sources', [stops]));
  project.write('dags/idle.ts', inlineDag('idle', [`{ id: 'nothing', run: async () => 1 }`]));
  write('a,b\n');
  await run();
  await run();
  await run();
  write('a,x\n');
  await run();
});
afterAll(() => project.remove());

describe('engine insights', () => {
  it('tells how true each source is, and what skipping has spared', async () => {
    const { code, stdout } = await project.engine(['insights', '--output', 'json']);
    expect(code).toBe(0);
    const [skips, source] = JSON.parse(stdout) as readonly Finding[];
    expect(skips).toMatchObject({
      kind: 'skips',
      subject: { dag: 'sources', component: 'stops' },
      says: expect.stringMatching(
        /^2 skips spared [\d.]+(ms|s), 0 calls and 0 B of its own, estimated from 2 successes$/,
      ),
      evidence: { skips: 2, typical: { successes: 2 } },
      gain: { calls: 0, estimatedFrom: 2 },
    });
    expect(skips?.gain?.minutes).toBeGreaterThan(0);
    expect(source).toMatchObject({
      kind: 'source',
      subject: { dag: 'sources', component: 'stops', source: 'list' },
      says: expect.stringMatching(/^3 probes, 67% unchanged; right in 2 of 3 audits; demoted since \d{4}-\d\d-\d\d/),
      evidence: { probes: 3, unchanged: 2, restingOnValidators: 0, audits: 3, lies: 1, accuracy: 2 / 3, flaps: 0 },
    });
  });

  it('is a table for people, of one DAG when it is named', async () => {
    const { stdout, stderr } = await project.engine(['insights', '--dag', 'sources']);
    expect(stderr).toBe('environment sandbox\n');
    expect(stdout.split('\n')[0]).toMatch(/^about +dag +component +source +not read +finding$/);
    expect(stdout).toMatch(/^source +sources +stops +list +0 B +3 probes/m);
    expect(await project.engine(['insights', '--dag', 'idle'])).toMatchObject({
      code: 0,
      stderr: 'no source was read in environment sandbox\n',
    });
  });

  it('refuses a DAG that nobody knows', async () => {
    const { code, stderr } = await project.engine(['insights', '--dag', 'sorces']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean `sources`?');
  });
});
